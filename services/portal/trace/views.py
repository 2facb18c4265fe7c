"""What the trace pages show: pure functions from answers to what a template needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.portal.languages import N_

MEALS = {"breakfast": N_("Breakfast"), "lunch": N_("Lunch"), "dinner": N_("Dinner"), "snack": N_("Snack")}
Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a lot's way: `kind` says which, `when` is a day or an instant, None where it is not known."""

    kind: str
    when: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """A lot in a meal: who grew it, and its way to the school."""

    cooperative: str | None
    certificate_no: str
    steps: list[Step]
    lowest_c: float | None
    highest_c: float | None
    warm: bool
    recalled: bool


@dataclass(frozen=True, slots=True)
class Food:
    """A food of a meal: its name and the lots it was taken from."""

    name: str
    origins: list[Origin]


def asked_names(trace: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what to ask for the names of a meal's dishes and foods, as often as names are given at once."""
    foods = [food["food_code"] for food in trace["foods"]]
    return {"food": sorted(set(foods))[:200], "dish": sorted(set(trace["dish_codes"]))[:200]}


def in_language(language: str, zh: str | None, en: str | None) -> str | None:
    """Return the name in a language, else in the other."""
    return (zh or en) if language == "zh" else (en or zh)


def name_of(code: str, names: Names | None, language: str) -> str:
    """Return what a code is called; the code itself where nobody knows."""
    found = (names or {}).get(code)
    return code if found is None else in_language(language, found["zh"], found["en"]) or code


def dishes(trace: Mapping[str, Any], names: Names | None, language: str) -> list[str]:
    """Return the names of a meal's dishes, in the order of the menu."""
    return [name_of(code, names, language) for code in trace["dish_codes"]]


def foods(trace: Mapping[str, Any], names: Names | None, language: str) -> list[Food]:
    """Return the foods whose lots are known, the heaviest first."""
    return [
        Food(name_of(food["food_code"], names, language), [_origin(lot, language) for lot in food["lots"]])
        for food in trace["foods"]
        if food["lots"]
    ]


def untraced(trace: Mapping[str, Any], names: Names | None, language: str) -> list[str]:
    """Return the names of foods that came from the store without a known lot."""
    return [name_of(food["food_code"], names, language) for food in trace["foods"] if not food["lots"]]


def _origin(lot: Mapping[str, Any], language: str) -> Origin:
    return Origin(
        cooperative=in_language(language, lot["cooperative_name_zh"], lot["cooperative_name_en"]),
        certificate_no=lot["certificate_no"],
        steps=[
            Step("harvested", lot["harvest_day"]),
            Step("departed", lot["departed_at"]),
            Step("arrived", lot["arrived_at"]),
        ],
        lowest_c=lot["lowest_c"],
        highest_c=lot["highest_c"],
        warm=lot["cold_chain_broken"],
        recalled=lot["recalled"],
    )


def served(meals: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the served meals of a school's day, in the order they are eaten."""
    order = list(MEALS)
    known = [meal for meal in meals if meal["headcount"]]
    known.sort(key=lambda meal: order.index(meal["meal"]) if meal["meal"] in order else len(order))
    return [{"meal_id": meal["meal_id"], "name": MEALS.get(meal["meal"], meal["meal"])} for meal in known]
