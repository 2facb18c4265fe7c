"""Meals by weekday, for no week in particular: what can stand in them, and what of them a canteen's week can take."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.nutrition.canteens.domain import Canteen
from services.nutrition.days import DayKind
from services.nutrition.dishes.domain import Recipe
from services.nutrition.drafts.domain import LeftEmpty, renumbered
from services.nutrition.menus.domain import Wish, check_dishes, check_open, check_wishes, recipes_of
from shared.errors import DomainError
from shared.fields import Meal

_SOME_MONDAY = date(2000, 1, 3)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Slot:
    """A meal of a weekday, 1 for Monday to 7 for Sunday, with its dishes."""

    weekday: int
    meal: Meal
    dish_codes: tuple[str, ...]

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.meal} of {WEEKDAYS[self.weekday - 1]}"


@dataclass(frozen=True, slots=True)
class Library:
    """Whose dishes may stand in a week: those of the province, of a county, and of a canteen where it is its own."""

    county_code: str
    canteen_id: str | None = None

    @property
    def cook(self) -> Canteen:
        """Whoever cooks from it: a canteen, or for a group one that has no dishes of its own."""
        return Canteen(self.canteen_id or "", self.county_code, frozenset(Meal), {})


@dataclass(frozen=True, slots=True)
class Taken:
    """What a canteen's week can take of a plan, and what it cannot, each with its rule."""

    meals: tuple[Wish, ...]
    left_empty: tuple[LeftEmpty, ...]


def check_slots(slots: Sequence[Slot], library: Library, recipes: Mapping[str, Recipe], path: str = "meals") -> None:
    """A meal stands once in a week, a dish once in a meal, and every dish may be cooked by whom the week is for.

    `path` is where in the request the slots stand.
    """
    seen: set[tuple[int, Meal]] = set()
    for place, slot in enumerate(slots):
        if (slot.weekday, slot.meal) in seen:
            raise DomainError("meal-twice", f"{slot.name} stands there twice", field=f"{path}.{place}.meal")
        seen.add((slot.weekday, slot.meal))
        for at, code in enumerate(slot.dish_codes):
            if code in slot.dish_codes[:at]:
                raise DomainError("dish-twice", f"{code} stands there twice", field=f"{path}.{place}.dish_codes.{at}")
        refused = _why_not_cooked(_wish(place, slot, _SOME_MONDAY), library.cook, recipes)
        if refused is not None:
            refused.field = f"{path}.{(refused.field or '').removeprefix('days.')}"
            raise refused


def wishes_of(slots: Sequence[Slot], week_start: date) -> tuple[Wish, ...]:
    """Return the meals of a week by weekday in the week that starts on the Monday `week_start`."""
    order = sorted(slots, key=lambda slot: (slot.weekday, list(Meal).index(slot.meal)))
    return tuple(_wish(place, slot, week_start) for place, slot in enumerate(order))


def _wish(place: int, slot: Slot, week_start: date) -> Wish:
    return Wish(place, week_start + timedelta(days=slot.weekday - 1), slot.meal, slot.dish_codes)


def moved(meals: Sequence[Wish], weeks: int, *, with_headcounts: bool) -> tuple[Wish, ...]:
    """Return meals so many weeks later, on the same weekdays; without headcounts everybody enrolled eats."""
    shifted = (replace(wish, day=wish.day + timedelta(days=7 * weeks)) for wish in meals)
    return tuple(wish if with_headcounts else replace(wish, headcounts=None) for wish in shifted)


def take(
    meals: Sequence[Wish],
    week_start: date,
    canteen: Canteen,
    calendar: Mapping[date, DayKind],
    still_served: Mapping[date, Collection[Meal]],
    recipes: Mapping[str, Recipe],
    now: datetime,
) -> Taken:
    """Return what a canteen can take over into a week.

    Meals on days without school, days it has closed for, days that have begun, and meals it does not serve are left
    out; so are dishes that are unknown, retired, banned, cannot be bought or stand in another's library.
    """
    kept, left = [], []
    for wish in meals:
        refused = _why_not_served(wish, week_start, canteen, calendar, still_served, now)
        if refused is not None:
            left.append(LeftEmpty(wish.day, wish.meal, None, refused.rule, refused.detail))
            continue
        codes = []
        for code in wish.dish_codes:
            refused = _why_not_cooked(replace(wish, dish_codes=(code,)), canteen, recipes)
            if refused is None:
                codes.append(code)
            else:
                left.append(LeftEmpty(wish.day, wish.meal, code, refused.rule, refused.detail))
        kept.append(replace(wish, dish_codes=tuple(codes)))
    return Taken(renumbered(kept), tuple(left))


def _why_not_served(
    wish: Wish,
    week_start: date,
    canteen: Canteen,
    calendar: Mapping[date, DayKind],
    still_served: Mapping[date, Collection[Meal]],
    now: datetime,
) -> DomainError | None:
    try:
        check_wishes(week_start, [wish], canteen, calendar, now)
        check_open([wish], still_served)
    except DomainError as refused:
        return refused
    return None


def _why_not_cooked(wish: Wish, canteen: Canteen, recipes: Mapping[str, Recipe]) -> DomainError | None:
    try:
        recipes_of(wish, recipes)
        check_dishes([wish], canteen, recipes)
    except DomainError as refused:
        return refused
    return None
