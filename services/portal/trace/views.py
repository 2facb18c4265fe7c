"""What the trace pages show: pure functions from answers to what a template needs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from services.portal.terms import MEALS

Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A food of a harvest, and whether there is a photo of its lot."""

    name: str
    certificate: str
    lot_id: str
    has_photo: bool


@dataclass(frozen=True, slots=True)
class Harvest:
    """What a cooperative harvested on a day and sent on one way: the foods of a meal that came so.

    `foods` are names, each with its certificate and lot; days and instants are None where they are not known.
    """

    cooperative: str | None
    harvested: str
    departed: str | None
    arrived: str | None
    lowest_c: float | None
    highest_c: float | None
    warm: bool
    recalled: bool
    foods: list[Piece]


def in_language(language: str, zh: str | None, en: str | None) -> str | None:
    """Return the name in a language, else in the other."""
    return (zh or en) if language == "zh" else (en or zh)


def name_of(code: str, names: Names, language: str) -> str:
    """Return what a code is called; the code itself where nobody knows."""
    found = names.get(code)
    return code if found is None else in_language(language, found["zh"], found["en"]) or code


def dishes(trace: Mapping[str, Any], names: Names, language: str) -> list[str]:
    """Return the names of a meal's dishes, in the order of the menu."""
    return [name_of(code, names, language) for code in trace["dish_codes"]]


def lots_in(trace: Mapping[str, Any]) -> list[str]:
    """Return the ids of a meal's lots, each once."""
    return sorted({lot["lot_id"] for food in trace["foods"] for lot in food["lots"]})


def harvests(trace: Mapping[str, Any], names: Names, language: str, with_photo: Collection[str] = ()) -> list[Harvest]:
    """Return where a meal's foods came from, those of one cooperative, harvest and way together, the heaviest first."""
    found: dict[tuple[Any, ...], Harvest] = {}
    for food in trace["foods"]:
        for lot in food["lots"]:
            key = tuple(value for name, value in lot.items() if name not in ("certificate_no", "lot_id"))
            one = found.setdefault(key, _harvest(lot, language))
            name = name_of(food["food_code"], names, language)
            one.foods.append(Piece(name, lot["certificate_no"], lot["lot_id"], lot["lot_id"] in with_photo))
    return list(found.values())


def untraced(trace: Mapping[str, Any], names: Names, language: str) -> list[str]:
    """Return the names of foods that came from the store without a known lot."""
    return [name_of(food["food_code"], names, language) for food in trace["foods"] if not food["lots"]]


def _harvest(lot: Mapping[str, Any], language: str) -> Harvest:
    return Harvest(
        cooperative=in_language(language, lot["cooperative_name_zh"], lot["cooperative_name_en"]),
        harvested=lot["harvest_day"],
        departed=lot["departed_at"],
        arrived=lot["arrived_at"],
        lowest_c=lot["lowest_c"],
        highest_c=lot["highest_c"],
        warm=lot["cold_chain_broken"],
        recalled=lot["recalled"],
        foods=[],
    )


@dataclass(frozen=True, slots=True)
class Serving:
    """A meal of a school's day: `planned` eaters, `headcount` those who came, None until it is recorded."""

    meal: str
    name: str
    meal_id: str
    planned: int
    headcount: int | None
    version: int


def servings(day: Mapping[str, Any]) -> list[Serving]:
    """Return the meals of a kitchen's day in the order they are eaten."""
    order = list(MEALS)
    found = [_serving(meal) for meal in day["meals"]]
    return sorted(found, key=lambda one: order.index(one.meal) if one.meal in order else len(order))


def _serving(told: Mapping[str, Any]) -> Serving:
    record = told["served"]
    return Serving(
        meal=told["meal"],
        name=MEALS.get(told["meal"], told["meal"]),
        meal_id=told["meal_id"],
        planned=told["planned_headcount"],
        headcount=None if record is None else record["headcount"],
        version=0 if record is None else record["version"],
    )
