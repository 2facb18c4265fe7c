"""What the week's board shows: pure functions from what nutrition answers to what the templates need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from services.portal.languages import N_
from services.portal.pictures import Picture, of_dish
from services.portal.planner.content import MEALS, Difference, at, text_of
from services.portal.terms import MEALS as MEAL_NAMES

Told = Mapping[str, Any]
_FRIDAY = 5

STATES: Mapping[str, tuple[str, str]] = {
    "draft": ("info", N_("Draft, saved")),
    "checked": ("info", N_("Draft, checked")),
    "published": ("ok", N_("Published")),
    "amended": ("ok", N_("Published, changed")),
    "served": ("ok", N_("Served")),
    "withdrawn": ("bad", N_("Taken back")),
}
"""How far a draft or a menu has got: tone and word."""
ORIGINS: Mapping[str, str] = {
    "hand": N_("by hand"),
    "copy": N_("copied"),
    "cycle": N_("from a cycle"),
    "template": N_("from a template"),
    "plan": N_("suggested"),
}


class Names:
    """What codes are called in the language of the page; a code nobody knows is shown as it is."""

    def __init__(self, language: str, *things: Iterable[Told], key: str = "dish_code") -> None:
        self._name = "name_zh" if language == "zh" else "name_en"
        self.of = {each[key]: each for several in things for each in several}

    def __getitem__(self, code: str) -> str:
        found = self.of.get(code)
        return code if found is None else str(found[self._name])

    def own(self, thing: Told) -> str:
        """Return the name a thing itself has."""
        return str(thing[self._name])


@dataclass(frozen=True, slots=True)
class Dish:
    """A dish in a meal: a portion's price in fen where one is known, and whether it may no longer be planned.

    In a week that is judged it is what the day's cost is made of: an average child's, at the prices of the analysis.
    """

    code: str
    name: str
    cost_fen: int | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A meal of a day: its dishes, for how many where not for everybody, and what speaks against it."""

    day: str
    meal: str
    name: str
    dishes: tuple[Dish, ...]
    heads: int | None = None
    banned: tuple[str, ...] = ()
    diets: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A day of the week. `closed` says why nothing can be planned: it has begun, or there is no school."""

    day: str
    cells: tuple[Cell, ...]
    closed: str | None = None
    cost_fen: int | None = None
    budget_fen: int | None = None
    over_budget: bool = False
    expected: int | None = None
    shares: Mapping[str, int] = field(default_factory=dict)

    @property
    def partly_priced(self) -> bool:
        """Whether what the day costs is without a dish of which nobody knows the price."""
        return any(dish.cost_fen is None for cell in self.cells for dish in cell.dishes)

    @property
    def empty(self) -> int:
        """How many meals have no dish yet."""
        return 0 if self.closed else sum(not cell.dishes for cell in self.cells)


BEGUN, NO_SCHOOL = N_("This day has begun: it stays as it is."), N_("No school")


def columns(
    meals: Sequence[Told],
    monday: date,
    today: date,
    names: Names,
    served: Sequence[str],
    forecast: Told | None = None,
    analysis: Told | None = None,
) -> list[Column]:
    """Return the days of a week: Monday to Friday, and a weekend's day where there is school or a meal.

    `served` are the meals the canteen serves, `forecast` what nutrition expects (only open days are in it).
    """
    expected = _expected(forecast)
    priced = _Priced(analysis or {})
    judged = {each["day"]: each for each in (analysis or {}).get("days", ())}
    warned = {(each["day"], each["meal"]): each for each in (analysis or {}).get("meals", ())}
    planned = {meal["day"] for meal in meals}
    found = []
    for number in range(7):
        day = (monday + timedelta(days=number)).isoformat()
        if number >= _FRIDAY and day not in planned and day not in {open_day for open_day, _ in expected}:
            continue
        cells = [
            _cell(at(meals, (day, meal)), names, warned.get((day, meal)), priced) for meal in MEALS if meal in served
        ]
        cells += [
            _cell(meal, names, None, priced) for meal in meals if meal["day"] == day and meal["meal"] not in served
        ]
        heads = [expected[day, meal] for meal in served if (day, meal) in expected]
        closed = BEGUN if day <= today.isoformat() else NO_SCHOOL if forecast is not None and not heads else None
        spent = judged.get(day, {})
        found.append(
            Column(
                day=day,
                cells=tuple(cells),
                closed=closed,
                cost_fen=spent.get("cost_fen"),
                budget_fen=spent.get("budget_fen"),
                over_budget=bool(spent.get("over_budget")),
                expected=max(heads, default=None),
                shares=spent.get("shares_permille", {}),
            )
        )
    return found


def _expected(forecast: Told | None) -> dict[tuple[str, str], int]:
    told = [] if forecast is None else forecast["meals"]
    return {(day["day"], meal["meal"]): day["p50"] for meal in told for day in meal["days"]}


class _Priced:
    """What portions cost: by the analysis of a week where there is one, else by the library."""

    def __init__(self, analysis: Told) -> None:
        self._fen: Mapping[str, int] = analysis.get("dishes_fen", {})
        self._unpriced = frozenset(analysis.get("unpriced", ()))

    def fen(self, code: str, known: Told) -> int | None:
        """Return a dish's price; None where one of its foods has none, for then nobody knows it."""
        unpriced = frozenset(known.get("unpriced_foods", ()))
        if code in self._fen:
            return None if unpriced & self._unpriced else self._fen[code]
        return None if unpriced else known.get("cost_fen")


def _cell(meal: Told, names: Names, warned: Told | None, priced: _Priced) -> Cell:
    heads = meal.get("headcounts")
    dishes = [
        Dish(code, names[code], priced.fen(code, known), bool(known.get("retired")))
        for code in meal["dish_codes"]
        for known in [names.of.get(code, {})]
    ]
    warned = warned or {}
    return Cell(
        day=meal["day"],
        meal=meal["meal"],
        name=MEAL_NAMES[meal["meal"]],
        dishes=tuple(dishes),
        heads=None if heads is None else sum(heads.values()),
        banned=tuple(warned.get("banned_foods", ())),
        diets=sum(warned.get("diets_broken", {}).values()),
    )


def beside(monday: str) -> tuple[str, str]:
    """Return the Mondays of the weeks before and after."""
    day = date.fromisoformat(monday)
    return (day - timedelta(days=7)).isoformat(), (day + timedelta(days=7)).isoformat()


def day_shown(week: Sequence[Column], asked: str | None) -> str:
    """Return the day a phone shows: the one asked for, else the first that still wants something, else the first."""
    days = [column.day for column in week]
    if asked in days:
        return str(asked)
    open_days = [column for column in week if not column.closed]
    return next((column.day for column in open_days if column.empty), (open_days or list(week))[0].day)


def as_drafted(menu: Told) -> list[dict[str, Any]]:
    """Return the meals of a published menu as a draft says them."""
    return [
        {
            "day": meal["day"],
            "meal": meal["meal"],
            "dish_codes": [dish["dish_code"] for dish in meal["dishes"]],
            "headcounts": dict(meal["headcounts"]),
        }
        for meal in menu["days"]
    ]


@dataclass(frozen=True, slots=True)
class Undo:
    """The change before, to be taken back: the meal as it was, as text."""

    day: str
    meal: str
    before: str

    @property
    def name(self) -> str:
        """What the meal is called (a msgid)."""
        return MEAL_NAMES[self.meal]


def undo_of(before: Told, after: Told) -> Undo | None:
    """Return what takes a change of a meal back, None where nothing was changed."""
    return None if text_of(before) == text_of(after) else Undo(before["day"], before["meal"], text_of(before))


@dataclass(frozen=True, slots=True)
class Changed:
    """What somebody else changed in a meal meanwhile, in names."""

    day: str
    meal: str
    came: tuple[str, ...]
    went: tuple[str, ...]
    eaters: bool


def changes(found: Iterable[Difference], names: Names) -> list[Changed]:
    """Return differences of two weeks in the names of meals and dishes."""
    return [
        Changed(
            one.day,
            MEAL_NAMES[one.meal],
            tuple(names[code] for code in one.came),
            tuple(names[code] for code in one.went),
            one.eaters,
        )
        for one in found
    ]


@dataclass(frozen=True, slots=True)
class Found:
    """A dish that could be added, with what decides: price, allergens, season; `chosen` stands in the meal already."""

    code: str
    name: str
    category: str
    cost_fen: int | None
    allergens: tuple[str, ...]
    in_season: bool
    banned: bool
    chosen: bool
    picture: Picture | None


def found_dishes(listed: Iterable[Told], names: Names, day: str, chosen: Sequence[str], canteen_id: str) -> list[Found]:
    """Return dishes a canteen may choose, in season first, then by category and price; none that is banned.

    A dish with a food that has no price has none, and stands behind those of its kind.
    """
    month = int(day[5:7])
    found = [
        Found(
            code=each["dish_code"],
            name=names.own(each),
            category=each["category"],
            cost_fen=None if each["unpriced_foods"] else each["cost_fen"],
            allergens=tuple(each["allergens"]),
            in_season=month in each["months"],
            banned=bool(each["banned_foods"]),
            chosen=each["dish_code"] in chosen,
            picture=of_dish(each, {"canteen_id": canteen_id}),
        )
        for each in listed
    ]
    order = ("staple", "meat", "mixed", "vegetable", "soup", "dairy", "fruit")
    place = {category: number for number, category in enumerate(order)}
    usable = [one for one in found if not one.banned]
    return sorted(
        usable,
        key=lambda one: (
            not one.in_season,
            place.get(one.category, len(order)),
            one.cost_fen is None,
            one.cost_fen or 0,
            one.code,
        ),
    )
