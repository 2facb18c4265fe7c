"""The rules of a menu: which days and meals can be planned, changed and taken back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.nutrition.canteens.domain import Canteen
from services.nutrition.days import DayKind, check_monday, has_begun, is_school_day
from services.nutrition.dishes.domain import Recipe
from shared.errors import Conflict, DomainError, NotFound, StaleVersion
from shared.fields import AgeBand, Meal

MOST_DAYS_AHEAD = 366
MOST_TIMES_ENROLLED = 3
MOST_EATERS = 50_000


class Status(StrEnum):
    """Whether a menu stands."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """How far a menu has got, as people are shown it: it follows from the menu and the meals on record."""

    PUBLISHED = "published"
    AMENDED = "amended"
    SERVED = "served"
    WITHDRAWN = "withdrawn"


class Change(StrEnum):
    """What a version of a menu did."""

    PUBLISHED = "published"
    AMENDED = "amended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu's present state."""

    menu_id: str
    canteen_id: str
    county_code: str
    week_start: date
    version: int
    status: Status
    from_day: date | None
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """One meal as the canteen's staff ask for it; `place` is where in the request, `headcounts` None for everybody.

    With `by_forecast` it is for as many as are expected to come.
    """

    place: int
    day: date
    meal: Meal
    dish_codes: tuple[str, ...]
    headcounts: Mapping[AgeBand, int] | None = None
    by_forecast: bool = False

    def field(self, name: str) -> str:
        """Return where in the request a field stands."""
        return f"days.{self.place}.{name}"


@dataclass(frozen=True, slots=True)
class Planned:
    """A meal of a menu: who eats, which dish versions, and grams as bought by food."""

    day: date
    meal: Meal
    headcounts: Mapping[AgeBand, int]
    dishes: tuple[tuple[str, int], ...]
    planned_g: Mapping[str, int]

    @property
    def headcount(self) -> int:
        """Everybody who eats."""
        return sum(self.headcounts.values())


def stage_of(menu: Menu, meals: Iterable[Planned], on_record: Collection[tuple[date, Meal]]) -> Stage:
    """Return how far a menu has got: it is served once every meal it plans is on record, and never while one is not.

    A menu taken back stays withdrawn, whatever was served before.
    """
    if menu.status is Status.WITHDRAWN:
        return Stage.WITHDRAWN
    planned = {(meal.day, meal.meal) for meal in meals}
    if planned and planned <= set(on_record):
        return Stage.SERVED
    return Stage.PUBLISHED if menu.version == 1 else Stage.AMENDED


def menu_exists(canteen_id: str, week_start: date, menu_id: str | None) -> Conflict:
    """Return the refusal of a second menu for a canteen's week."""
    detail = f"{canteen_id} has menu {menu_id} for the week of {week_start}; amend or withdraw it"
    return Conflict("menu-exists", detail, field="week_start")


def check_week(week_start: date, now: datetime) -> None:
    """A menu's week starts on a Monday, and not in the next century."""
    check_monday(week_start)
    if week_start > now.date() + timedelta(days=MOST_DAYS_AHEAD):
        raise DomainError("too-far-ahead", f"at most {MOST_DAYS_AHEAD} days ahead", field="week_start")


def check_wishes(
    week_start: date, wishes: Sequence[Wish], canteen: Canteen, calendar: Mapping[date, DayKind], now: datetime
) -> None:
    """Each meal lies on an open school day of the week, is one the canteen serves, and stands there once."""
    check_each_once(wishes)
    for wish in wishes:
        check_in_week(week_start, wish)
        if has_begun(wish.day, now):
            raise DomainError("day-closed", f"{wish.day} has begun or is over", field=wish.field("day"))
        if not is_school_day(wish.day, calendar):
            raise DomainError("no-school-day", f"there is no school on {wish.day}", field=wish.field("day"))
        if wish.meal not in canteen.meals:
            raise DomainError("meal-not-served", f"the canteen serves no {wish.meal}", field=wish.field("meal"))


def check_open(wishes: Sequence[Wish], still_served: Mapping[date, Collection[Meal]]) -> None:
    """No meal is planned that the canteen has closed for; `still_served` holds what is left of such days."""
    for wish in wishes:
        if wish.meal not in still_served.get(wish.day, Meal):
            raise DomainError("canteen-closed", f"there is no {wish.meal} on {wish.day}", field=wish.field("meal"))


def check_in_week(week_start: date, wish: Wish) -> None:
    """A meal lies in the week of its menu."""
    if not 0 <= (wish.day - week_start).days < 7:
        raise DomainError("outside-week", f"{wish.day} is not in that week", field=wish.field("day"))


def check_each_once(wishes: Sequence[Wish]) -> None:
    """No meal stands twice in a menu, and no dish twice in a meal."""
    if len({(wish.day, wish.meal) for wish in wishes}) < len(wishes):
        seen: set[tuple[date, Meal]] = set()
        for wish in wishes:
            if (wish.day, wish.meal) in seen:
                raise DomainError(
                    "meal-twice", f"{wish.meal} of {wish.day} stands there twice", field=wish.field("meal")
                )
            seen.add((wish.day, wish.meal))
    for wish in wishes:
        for place, code in enumerate(wish.dish_codes):
            if code in wish.dish_codes[:place]:
                raise DomainError("dish-twice", f"{code} stands there twice", field=wish.field(f"dish_codes.{place}"))


def recipes_of(wish: Wish, recipes: Mapping[str, Recipe]) -> list[Recipe]:
    """Return the dishes of a meal: all known, none with a food that is banned or that nobody knows how to bring."""
    found = []
    for place, code in enumerate(wish.dish_codes):
        field = wish.field(f"dish_codes.{place}")
        if code not in recipes:
            raise NotFound("dish", code, field=field)
        if recipes[code].banned:
            raise DomainError("banned-food", f"{code} has {', '.join(recipes[code].banned)} in it", field=field)
        if recipes[code].not_buyable:
            unknown = ", ".join(recipes[code].not_buyable)
            detail = f"{code} has {unknown} in it: nobody has said how that travels and keeps"
            raise DomainError("food-not-buyable", detail, field=field)
        found.append(recipes[code])
    return found


def check_dishes(
    wishes: Sequence[Wish], canteen: Canteen, recipes: Mapping[str, Recipe], standing: Collection[str] = ()
) -> None:
    """A canteen cooks the province's dishes, its county's and its own, and none that is retired.

    `standing` are the dishes of the menu that is amended: one retired since stays on it.
    """
    for wish in wishes:
        for place, code in enumerate(wish.dish_codes):
            field, recipe = wish.field(f"dish_codes.{place}"), recipes.get(code)
            if recipe is not None and not recipe.is_open_to(canteen.canteen_id, canteen.county_code):
                raise DomainError("foreign-dish", f"{code} stands in the library of {recipe.owner}", field=field)
            if recipe is not None and recipe.retired and code not in standing:
                raise DomainError("dish-retired", f"{code} is retired", field=field)


def check_equipment(
    wishes: Sequence[Wish],
    recipes: Mapping[str, Recipe],
    dishes_per_meal: Mapping[str, int],
    standing: Collection[Planned] = (),
) -> None:
    """No meal has more dishes on a piece of equipment than it takes; equipment nobody counted limits nothing.

    A meal of the menu that is amended stays as it is, whatever the kitchen has lost since.
    """
    stands = {(meal.day, meal.meal, tuple(code for code, _ in meal.dishes)) for meal in standing}
    for wish in wishes:
        cooked = [recipes[code] for code in wish.dish_codes if code in recipes]
        for piece, most in dishes_per_meal.items():
            need = [recipe.dish_code for recipe in cooked if piece in recipe.equipment]
            if len(need) > most and (wish.day, wish.meal, wish.dish_codes) not in stands:
                detail = f"{', '.join(need)} of {wish.meal} of {wish.day} need the {piece}, which takes {most}"
                raise DomainError("equipment-exceeded", detail, field=wish.field("dish_codes"))


def eaters_of(wish: Wish, canteen: Canteen) -> dict[AgeBand, int]:
    """Return who eats, by age band: as asked for, else everybody enrolled; somebody, and not three times the school."""
    asked = canteen.enrolled if wish.headcounts is None else wish.headcounts
    eaters = {band: asked[band] for band in AgeBand if asked.get(band)}
    total = sum(eaters.values())
    most = min(MOST_TIMES_ENROLLED * canteen.pupils, MOST_EATERS)
    if total <= 0:
        raise DomainError("headcount-zero", "nobody eats", field=wish.field("headcounts"))
    if total > most:
        raise DomainError("headcount-absurd", f"{total} eat, at most {most} can", field=wish.field("headcounts"))
    return eaters


def check_changeable(menu: Menu, expected_version: int | None) -> None:
    """A menu can be changed by whoever read its present version, until it is withdrawn."""
    if expected_version is not None and expected_version != menu.version:
        raise StaleVersion(expected_version, menu.version)
    if menu.status is Status.WITHDRAWN:
        raise Conflict("menu-withdrawn", f"the menu was withdrawn from {menu.from_day} on")


def first_open_day(days: Sequence[date], now: datetime) -> date:
    """Return the first day of a menu that has not begun; there is nothing to change when there is none."""
    coming = sorted(day for day in days if not has_begun(day, now))
    if not coming:
        raise Conflict("menu-closed", "every day of the menu has begun or is over")
    return coming[0]


def check_closed_unchanged(present: Sequence[Planned], wishes: Sequence[Wish]) -> None:
    """What stands for days that have begun must be asked for as it stands; headcounts left out are as they stand."""
    asked = {(wish.day, wish.meal): wish for wish in wishes}
    for planned in present:
        wish = asked.pop((planned.day, planned.meal), None)
        if wish is None:
            raise DomainError(
                "day-closed", f"{planned.meal} of {planned.day} cannot be left out any more", field="days"
            )
        same_dishes = wish.dish_codes == tuple(code for code, _ in planned.dishes)
        heads = None if wish.headcounts is None else {band: n for band, n in wish.headcounts.items() if n}
        if not same_dishes or heads not in (None, dict(planned.headcounts)):
            raise DomainError("day-closed", f"{planned.day} has begun or is over", field=wish.field("dish_codes"))
    for wish in asked.values():
        raise DomainError("day-closed", f"{wish.day} has begun or is over", field=wish.field("day"))
