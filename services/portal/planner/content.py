"""What a draft says, as the portal sends it back: a week's meals, one of them changed, and what two weeks differ in.

A meal of a draft is `{"day", "meal", "dish_codes", "headcounts"}` as nutrition answers it. As text it is
`2026-11-30.lunch.S01,V07.` or, where not everybody eats, `2026-11-30.lunch.S01,V07.9-11:80,12-14:20`: short enough to
go with a link or a form, so that the change before is taken back and what another tab saw is known, and kept nowhere.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.weeks import monday_of

Meal = Mapping[str, Any]
Place = tuple[str, str]
"""A day (ISO) and a meal."""
MEALS = ("breakfast", "lunch", "dinner")
BANDS = ("6-8", "9-11", "12-14", "15-17")
_DAY = r"\d{4}-\d\d-\d\d"
_TEXT = re.compile(
    rf"(?P<day>{_DAY})\.(?P<meal>{'|'.join(MEALS)})\.(?P<codes>[A-Za-z0-9_,-]{{0,1400}})\."
    rf"(?P<heads>(?:(?:{'|'.join(BANDS)}):\d{{1,6}},?){{0,4}})"
)
_MOST_MEALS = 21
_FIRST_YEAR, _LAST_YEAR = 2001, 2998


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not the same in a meal: dishes that came, dishes that went, and whether others eat."""

    day: str
    meal: str
    came: tuple[str, ...]
    went: tuple[str, ...]
    eaters: bool


def text_of(meal: Meal) -> str:
    """Return a meal as text."""
    heads = ",".join(f"{band}:{number}" for band, number in (meal["headcounts"] or {}).items())
    return f"{meal['day']}.{meal['meal']}.{','.join(meal['dish_codes'])}.{heads}"


def texts_of(meals: Iterable[Meal]) -> str:
    """Return the meals of a week as text."""
    return "~".join(text_of(meal) for meal in meals)


def meal_of(text: str) -> dict[str, Any] | None:
    """Return the meal a text says, None where it says none."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    pairs = [pair.rpartition(":") for pair in match["heads"].split(",") if pair]
    return {
        "day": match["day"],
        "meal": match["meal"],
        "dish_codes": [code for code in match["codes"].split(",") if code],
        "headcounts": {band: int(number) for band, _, number in pairs} or None,
    }


def place_of(day: str, meal: str) -> Place | None:
    """Return a place of the week that somebody names, None where there is none."""
    found = meal_of(f"{day}.{meal}..")
    if found is None:
        return None
    try:
        date.fromisoformat(day)
    except ValueError:
        return None
    return found["day"], found["meal"]


def meals_of(text: str) -> list[dict[str, Any]]:
    """Return the meals a text says; what is none is left out."""
    found = [meal_of(part) for part in text.split("~", _MOST_MEALS)]
    return [meal for meal in found if meal is not None]


def at(meals: Iterable[Meal], place: Place) -> dict[str, Any]:
    """Return the meal of a place, with nothing in it where there is none."""
    for meal in meals:
        if (meal["day"], meal["meal"]) == place:
            return dict(meal)
    return {"day": place[0], "meal": place[1], "dish_codes": [], "headcounts": None}


def with_meal(meals: Iterable[Meal], changed: Meal) -> list[Meal]:
    """Return the meals of a week with one of them as it should be, in order; one without dishes is left out."""
    place = (changed["day"], changed["meal"])
    others = [meal for meal in meals if (meal["day"], meal["meal"]) != place]
    kept = [*others, changed] if changed["dish_codes"] else others
    return sorted(kept, key=lambda meal: (meal["day"], MEALS.index(meal["meal"])))


def changed(meal: Meal, add: str = "", remove: str = "") -> dict[str, Any]:
    """Return a meal with a dish more, one less, or one in the place of another."""
    codes = list(meal["dish_codes"])
    if add and add in codes:
        add = ""
    if remove in codes:
        codes[codes.index(remove) : codes.index(remove) + 1] = [add] if add else []
    elif add:
        codes.append(add)
    return {**meal, "dish_codes": codes}


def differences(before: Sequence[Meal], after: Sequence[Meal]) -> list[Difference]:
    """Return what is not the same in two weeks, in order."""
    places = {(meal["day"], meal["meal"]) for meal in (*before, *after)}
    found = []
    for place in sorted(places, key=lambda place: (place[0], MEALS.index(place[1]))):
        old, new = at(before, place), at(after, place)
        came = tuple(code for code in new["dish_codes"] if code not in old["dish_codes"])
        went = tuple(code for code in old["dish_codes"] if code not in new["dish_codes"])
        eaters = old["headcounts"] != new["headcounts"] and bool(old["dish_codes"] and new["dish_codes"])
        if came or went or eaters:
            found.append(Difference(*place, came, went, eaters))
    return found


def body_of(draft: Mapping[str, Any], meals: Iterable[Meal], **other: Any) -> dict[str, Any]:
    """Return what is sent to change a draft: all it says, with these meals."""
    sent = [{name: meal[name] for name in ("day", "meal", "dish_codes", "headcounts")} for meal in meals]
    return {"name": draft["name"], "diets_apart": draft["diets_apart"], "days": sent} | other


def coming_monday(today: date) -> date:
    """Return the Monday of the week that is planned now: the next one."""
    return monday_of(today) + timedelta(days=7)


def week_asked(text: str | None, today: date) -> date:
    """Return the Monday of the week somebody asks for, else of the coming one."""
    if text and re.fullmatch(_DAY, text):
        try:
            asked = date.fromisoformat(text)
        except ValueError:
            return coming_monday(today)
        if _FIRST_YEAR <= asked.year <= _LAST_YEAR:
            return monday_of(asked)
    return coming_monday(today)
