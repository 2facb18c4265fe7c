"""What canteens will need by the cycles they follow: facts of a county read once, reckoned week by week."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from services.nutrition.canteens import queries as canteens
from services.nutrition.closures import queries as closures
from services.nutrition.closures.domain import served
from services.nutrition.cycles import queries
from services.nutrition.cycles.demand import Counts, Needs, eaters, needs_of, week_g
from services.nutrition.cycles.domain import Cycle, followed
from services.nutrition.days import DayKind
from services.nutrition.dishes import queries as dishes
from services.nutrition.enrolment import queries as enrolment
from services.nutrition.groups import queries as groups
from shared.database import Session
from shared.fields import AgeBand, Meal

Heads = Mapping[str, Mapping[AgeBand, int]]


@dataclass(frozen=True, slots=True)
class County:
    """Who follows what in a county: its cycles with what they need, canteens with their groups, meals and closures."""

    cycles: Sequence[Cycle]
    needs: Mapping[str, Needs]
    meals: Mapping[str, Sequence[Meal]]
    groups: Mapping[str, Collection[str]]
    calendar: Mapping[date, DayKind]
    closed: Mapping[str, Mapping[date, Sequence[Meal]]]


@dataclass(slots=True)
class CycleWeek:
    """What one cycle needs in one week: who follows it, how many they are, and grams as bought by food."""

    canteens: int = 0
    headcount: int = 0
    grams: Mapping[str, int] = field(default_factory=dict)


async def read_county(session: Session, county_code: str, first: date, last: date) -> County:
    """Return who follows what between two days; canteens no cycle is for are left out."""
    cycles = await queries.of_county(session, county_code)
    members = await groups.members(session, sorted({one.group_id for one in cycles if one.group_id}))
    of: dict[str, set[str]] = {one.canteen_id: set() for one in cycles if one.canteen_id}
    for group_id, canteen_ids in members.items():
        for canteen_id in canteen_ids:
            of.setdefault(canteen_id, set()).add(group_id)
    known = [row for row in await canteens.registered(session, of) if row.county_code == county_code]
    codes = {code for one in cycles for week in one.weeks for slot in week for code in slot.dish_codes}
    recipes = await dishes.recipes(session, codes, county_code)
    return County(
        cycles=cycles,
        needs={one.cycle_id: needs_of(one.weeks, recipes) for one in cycles},
        meals={row.canteen_id: [meal for meal in Meal if getattr(row, meal.value)] for row in known},
        groups=of,
        calendar=await canteens.calendar(session, county_code, first, last),
        closed=await closures.still_served(session, of, first, last),
    )


async def heads_in(session: Session, canteen_ids: Collection[str], day: date) -> Heads:
    """Return pupils by age band that will be enrolled on a day, as far as is known; else those there are now."""
    then = await enrolment.heads(session, canteen_ids, day)
    rest = [one for one in canteen_ids if one not in then]
    counted = {**then, **(await canteens.present_heads(session, rest) if rest else {})}
    found: dict[str, dict[AgeBand, int]] = {}
    for canteen_id, by_sex in counted.items():
        bands = found.setdefault(canteen_id, {})
        for (band, _), pupils in by_sex.items():
            bands[AgeBand(band)] = bands.get(AgeBand(band), 0) + pupils
    return found


def needed(county: County, week_start: date, heads: Heads, without: Collection[str] = ()) -> dict[str, CycleWeek]:
    """Return what each cycle needs in a week; canteens `without` are passed over."""
    who: dict[str, Counts] = {}
    found: dict[str, CycleWeek] = {}
    by_id = {cycle.cycle_id: cycle for cycle in county.cycles}
    days = [week_start + timedelta(days=number) for number in range(7)]
    for canteen_id, usual in county.meals.items():
        cycle = followed(county.cycles, canteen_id, county.groups[canteen_id], week_start)
        own = heads.get(canteen_id, {})
        closed = county.closed.get(canteen_id, {})
        meals = {day: served(usual, day, county.calendar, closed) for day in days}
        if cycle is None or canteen_id in without or not any(own.values()) or not any(meals.values()):
            continue
        counts = eaters(own, meals, week_start)
        who[cycle.cycle_id] = who[cycle.cycle_id] + counts if cycle.cycle_id in who else counts
        week = found.setdefault(cycle.cycle_id, CycleWeek())
        week.canteens, week.headcount = week.canteens + 1, week.headcount + sum(own.values())
    for cycle_id, counts in who.items():
        found[cycle_id].grams = week_g(county.needs[cycle_id], by_id[cycle_id].number(week_start), counts)
    return found


def summed(weeks: Collection[Mapping[str, int]]) -> dict[str, int]:
    """Return grams by food over weeks or cycles, by food code."""
    total = Counter[str]()
    for grams in weeks:
        total.update(grams)
    return dict(sorted(total.items()))
