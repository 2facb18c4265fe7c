"""The rules of serving: what is planned, for those who came, from what was there and fit to be cooked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from services.nutrition.days import today
from services.nutrition.dishes.domain import Recipe
from services.nutrition.limits import REPORT_DAY
from services.nutrition.menus.demand import Line
from services.nutrition.menus.domain import MOST_TIMES_ENROLLED, Planned
from services.nutrition.stocks.domain import Lot, Taken, take
from shared.errors import Conflict, DomainError
from shared.fields import AgeBand, TemperatureClass
from shared.quantities import divide


@dataclass(frozen=True, slots=True)
class Eaters:
    """Those who ate: their number, and by age band where the canteen counted so."""

    headcount: int
    by_band: Mapping[AgeBand, int] | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """The kitchen looked at food past its day and cooks it, and says why that is right."""

    food_codes: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Short:
    """Grams as bought that were needed and not there; `expired_g` of them lay there past their day."""

    food_code: str
    short_g: int
    expired_g: int


@dataclass(frozen=True, slots=True)
class Cooked:
    """What a meal took from the store, food by food in the order it was taken, and what was missing (g as bought)."""

    taken: tuple[Taken, ...]
    short: tuple[Short, ...]


def check_day(day: date, now: datetime) -> None:
    """A meal is recorded on its day or later."""
    if day > today(now):
        raise DomainError("meal-in-future", f"{day} has not begun", field="day")


def eaters_of(headcount: int | None, by_band: Mapping[AgeBand, int] | None) -> Eaters:
    """Return who ate: a number, or counts by age band, or both when they agree."""
    if by_band is None:
        if headcount is None:
            raise DomainError("headcount-missing", "say how many ate", field="headcount")
        return Eaters(headcount)
    total = sum(by_band.values())
    if headcount not in (None, total):
        detail = f"the age bands sum to {total}, not to {headcount}"
        raise DomainError("headcounts-sum", detail, field="headcounts")
    return Eaters(total, {band: by_band[band] for band in AgeBand if by_band.get(band)})


def check_headcount(eaters: Eaters, planned: int, least: int = 1) -> None:
    """Somebody ate, and not three times those expected; corrected to 0, the meal never took place."""
    if not least <= eaters.headcount <= MOST_TIMES_ENROLLED * planned:
        most = MOST_TIMES_ENROLLED * planned
        field = "headcount" if eaters.by_band is None else "headcounts"
        raise DomainError("headcount-absurd", f"{planned} were expected, at most {most} can be served", field=field)


def check_consent(consent: Consent | None, classes: Mapping[str, TemperatureClass]) -> None:
    """Only food of the meal that needs no cold is cooked past its day: there a look tells, with meat it does not."""
    for place, food in enumerate(consent.food_codes if consent else ()):
        field = f"expired.food_codes.{place}"
        if food not in classes:
            raise DomainError("food-not-in-meal", f"the meal needs no {food}", field=field)
        if classes[food] is not TemperatureClass.AMBIENT:
            detail = f"{food} is kept in the cold: past its day it is not cooked, whatever it looks like"
            raise DomainError("expired-perishable", detail, field=field)


def needed_g(planned: Planned, eaters: Eaters, recipes: Mapping[tuple[str, int], Recipe]) -> dict[str, int]:
    """Return the planned grams as bought for those who came.

    By number all foods shrink or grow alike; by age band each food does by the portions of the dishes it is in.
    """
    if eaters.by_band is None:
        return {food: divide(g * eaters.headcount, planned.headcount) for food, g in planned.planned_g.items()}
    dishes = [recipes[dish] for dish in planned.dishes if dish in recipes]
    before, after = _portions(dishes, planned.headcounts), _portions(dishes, eaters.by_band)
    return {
        food: divide(grams * after[food], before[food])
        if before.get(food)
        else divide(grams * eaters.headcount, planned.headcount)
        for food, grams in planned.planned_g.items()
    }


def _portions(dishes: Sequence[Recipe], heads: Mapping[AgeBand, int]) -> dict[str, int]:
    """Milligrams × 1/1000 of each food in the portions of those who eat."""
    sums: dict[str, int] = {}
    for dish in dishes:
        portions = sum(n * dish.portion_permille[band] for band, n in heads.items())
        for part in dish.ingredients:
            sums[part.food_code] = sums.get(part.food_code, 0) + part.portion_mg * portions
    return sums


def there_on(day: date, lots: Sequence[Lot], came_on: Mapping[tuple[str, str], date]) -> list[Lot]:
    """Return what of the store a meal of `day` can have come from.

    What came in later was not there; what was counted later no longer held what the meal had taken.
    """
    return [
        lot for lot in lots if came_on.get((lot.food_code, lot.lot_id), day) <= day and (lot.counted_on or day) <= day
    ]


def cook(
    day: date,
    needed: Mapping[str, int],
    lots: Mapping[str, Sequence[Lot]],
    consent: Consent | None = None,
    before: Sequence[Taken] = (),
) -> Cooked:
    """Take what is needed from the store, never more than there is.

    A corrected meal starts from what it took `before`: what is too much goes back, taken last first.
    """
    taken: list[Taken] = []
    short: list[Short] = []
    for food in sorted({*needed, *(one.food_code for one in before)}):
        kept, wanted_g = _keep([one for one in before if one.food_code == food], needed.get(food, 0))
        also_expired = consent is not None and food in consent.food_codes
        more, missing = take(lots.get(food, ()), wanted_g, day, also_expired=also_expired)
        taken += _joined(kept, more)
        if missing:
            past = sum(lot.usable_g for lot in lots.get(food, ()) if lot.expired(day)) if not also_expired else 0
            short.append(Short(food, missing, min(missing, past)))
    return Cooked(tuple(taken), tuple(short))


def _keep(before: Sequence[Taken], needed_g: int) -> tuple[list[Taken], int]:
    """Return what stays taken and what is still wanted."""
    kept = []
    for one in before:
        grams = min(one.quantity_g, needed_g)
        needed_g -= grams
        if grams:
            kept.append(replace(one, quantity_g=grams))
    return kept, needed_g


def _joined(kept: Sequence[Taken], more: Sequence[Taken]) -> list[Taken]:
    """Return one entry per lot."""
    found = {one.lot_id: one for one in kept}
    for one in more:
        known = found.get(one.lot_id)
        found[one.lot_id] = one if known is None else replace(known, quantity_g=known.quantity_g + one.quantity_g)
    return list(found.values())


def difference(before: Sequence[Taken], after: Sequence[Taken]) -> list[Taken]:
    """Return what a correction takes from each lot; below zero it goes back."""
    grams: dict[tuple[str, str], int] = {}
    for sign, taken in ((-1, before), (+1, after)):
        for one in taken:
            grams[one.food_code, one.lot_id] = grams.get((one.food_code, one.lot_id), 0) + sign * one.quantity_g
    return [Taken(food, lot, change) for (food, lot), change in sorted(grams.items()) if change]


def booked(change: Sequence[Taken], counted_on: Mapping[tuple[str, str], date], day: date) -> list[Taken]:
    """Return what of a correction changes the store: what was counted after the meal is what it is."""
    return [one for one in change if counted_on.get((one.food_code, one.lot_id), day) <= day]


def by_food(taken: Sequence[Taken]) -> dict[str, int]:
    """Return the grams of each food."""
    ordered = sorted(taken, key=lambda one: one.food_code)
    return {food: sum(one.quantity_g for one in lots) for food, lots in groupby(ordered, lambda one: one.food_code)}


def advance(line: Line, planned_g: int, used_g: int) -> Line:
    """A line whose meal was served needs that meal's grams no more; what its coming meals need stays reserved."""
    return replace(line, used_g=line.used_g + used_g, left_g=max(0, line.left_g - planned_g))


def check_correction(day: date, now: datetime, approved_by: str | None) -> None:
    """The monthly report is made from what was served: a closed month is corrected with the county's consent."""
    first_of_next = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    if today(now) > first_of_next.replace(day=REPORT_DAY.value) and approved_by is None:
        detail = f"the month of {day} is closed: a nutritionist or administrator of the county corrects it"
        raise Conflict("month-closed", detail, field="approved_by")


def check_dishes(dish_codes: Sequence[str | None], known: Collection[str], field: str) -> None:
    """Refuse dishes the meal does not have; `field` is where the list of them stands, None is the meal itself."""
    for place, code in enumerate(dish_codes):
        if code is not None and code not in known:
            raise DomainError("dish-not-in-meal", f"the meal has no {code}", field=f"{field}.{place}.dish_code")
