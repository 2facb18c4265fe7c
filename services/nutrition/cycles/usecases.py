"""What can happen to cycle menus."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from services.nutrition.canteens import queries as canteens
from services.nutrition.cycles import domain, queries
from services.nutrition.cycles.domain import Cycle, Span
from services.nutrition.cycles.reading import heads_in, needed, read_county, summed
from services.nutrition.cycles.schemas import CycleDemand, FoodNeeded, WeekNeeded
from services.nutrition.dishes import queries as dishes
from services.nutrition.drafts.domain import Origin
from services.nutrition.forecasts import queries as forecasts
from services.nutrition.groups import queries as groups
from services.nutrition.tenants import planned_by
from services.nutrition.weekly.domain import Library, Slot, check_slots, wishes_of
from services.nutrition.weekly.making import Made, Source, make_drafts
from services.nutrition.weekly.rules import check_version, members_asked
from shared.errors import DomainError
from shared.ids import new_id
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

Weeks = tuple[tuple[Slot, ...], ...]


async def create_cycle(
    uow: UnitOfWork, canteen_id: str | None, group_id: str | None, name: str, span: Span, weeks: Weeks
) -> Cycle:
    """Keep a cycle for a canteen or a group; what its county will need is forecast anew. Raises NotFound."""
    if canteen_id is not None:
        county_code = (await canteens.one(uow.session, canteen_id, "canteen_id")).county_code
    else:
        county_code = (await groups.one(uow.session, group_id or "", "group_id")).county_code
    cycle = Cycle(new_id(), canteen_id, group_id, county_code, 1, name, span, weeks, uow.now, uow.now)
    await _check(uow, cycle)
    await queries.keep(uow.session, cycle)
    await forecasts.mark_due(uow, {county_code})
    return cycle


async def edit_cycle(
    uow: UnitOfWork, cycle_id: str, expected_version: int | None, name: str, span: Span, weeks: Weeks
) -> Cycle:
    """Replace what a cycle says; drafts made of it stay, what its county will need is forecast anew."""
    cycle = await queries.one(uow.session, cycle_id, lock=True)
    check_version(cycle.version, expected_version)
    changed = replace(cycle, version=cycle.version + 1, name=name, span=span, weeks=weeks, changed_at=uow.now)
    await _check(uow, changed)
    await queries.save(uow.session, changed)
    await forecasts.mark_due(uow, {cycle.county_code})
    return changed


async def delete_cycle(uow: UnitOfWork, cycle_id: str, expected_version: int | None) -> None:
    """Throw a cycle away; drafts made of it stay, and nobody is told any more that it needs food."""
    cycle = await queries.one(uow.session, cycle_id, lock=True)
    check_version(cycle.version, expected_version)
    await queries.remove(uow.session, cycle_id)
    await forecasts.mark_due(uow, {cycle.county_code})


async def _check(uow: UnitOfWork, cycle: Cycle) -> None:
    domain.check_span(cycle.span)
    if not any(cycle.weeks):
        raise DomainError("nothing-planned", "no week of the cycle has a meal", field="weeks")
    codes = {code for week in cycle.weeks for slot in week for code in slot.dish_codes}
    recipes = await dishes.recipes(uow.session, codes, cycle.county_code)
    for number, week in enumerate(cycle.weeks):
        check_slots(week, Library(cycle.county_code, cycle.canteen_id), recipes, f"weeks.{number}.meals")


async def draft_cycle(uow: UnitOfWork, cycle_id: str, week_start: date, canteen_ids: Sequence[str] | None) -> Made:
    """Make a week's drafts of a cycle, for those who follow it and the caller plans for, or those of them named."""
    cycle = await queries.one(uow.session, cycle_id)
    slots = cycle.weeks[cycle.number(week_start)]
    members = [cycle.canteen_id] if cycle.canteen_id else await _members(uow, cycle)
    mine = planned_by(uow.principal, cycle.county_code, members)
    source = Source(Origin.CYCLE, cycle_id, cycle.name, wishes_of(slots, week_start))
    return await make_drafts(uow, source, members_asked(mine, canteen_ids), cycle.county_code, week_start)


async def _members(uow: UnitOfWork, cycle: Cycle) -> list[str]:
    group_id = cycle.group_id or ""
    return (await groups.members(uow.session, [group_id]))[group_id]


async def demand(uow: UnitOfWork, cycle_id: str, first: date, weeks: int) -> CycleDemand:
    """Return what a cycle will need by the canteens that follow it; weeks it does not run are left out."""
    cycle = await queries.one(uow.session, cycle_id)
    mondays = domain.mondays_from(first, weeks)
    county = await read_county(uow.session, cycle.county_code, mondays[0], mondays[-1] + timedelta(days=6))
    found = []
    for monday in (day for day in mondays if cycle.span.has(day)):
        heads = await heads_in(uow.session, county.meals.keys(), monday)
        week = needed(county, monday, heads).get(cycle_id)
        foods = _foods(week.grams if week else {})
        found.append(
            WeekNeeded(
                week_start=monday,
                number=cycle.number(monday) + 1,
                canteens=week.canteens if week else 0,
                headcount=week.headcount if week else 0,
                foods=foods,
            )
        )
    total = summed([{one.food_code: one.quantity_g for one in week.foods} for week in found])
    return CycleDemand(cycle_id=cycle_id, weeks=found, total=_foods(total))


def _foods(grams: Mapping[str, int]) -> list[FoodNeeded]:
    return [FoodNeeded(food_code=code, quantity_g=g) for code, g in sorted(grams.items())]


async def list_cycles(
    uow: UnitOfWork, paging: Paging, county_code: str | None, canteen_id: str | None, group_id: str | None
) -> list[Cycle]:
    """Return a page of cycles, of a county, a canteen, a group or all."""
    return await queries.page(uow.session, paging, county_code, canteen_id, group_id)


async def read_cycle(uow: UnitOfWork, cycle_id: str) -> Cycle:
    """Return a cycle. Raises NotFound."""
    return await queries.one(uow.session, cycle_id)
