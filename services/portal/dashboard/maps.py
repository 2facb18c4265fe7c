"""The dashboard's schematic maps: a county's schools, the province's counties, each with what lies nearest to it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.cells import Cell, Point, drawn
from services.portal.dashboard.views import School
from services.portal.languages import N_
from services.portal.layers import Layer
from shared import counties

State = tuple[str, str]
"""How something stands: tone and word (msgid)."""
MOST_DRAWN = 300
"""Places on a map; a phone shows no more apart, and a page has to be light."""
FEW_UNMET = 50
"""Permille of a county's demand up to which what nobody could meet is little (an assumption of this project)."""


@dataclass(frozen=True, slots=True)
class Area:
    """What of the map lies nearest to a place; of several at one spot, the name and state of the most urgent one."""

    cell: Cell
    name: str
    state: State


@dataclass(frozen=True, slots=True)
class Map:
    """Places as cells, how many of them stand how, and the lines of a county's own layer with whose they are."""

    box: str
    areas: Sequence[Area]
    counted: Sequence[tuple[State, int]]
    lines: Sequence[str]
    attribution: str | None


def of_schools(schools: Sequence[School], places: Iterable[Mapping[str, Any]], layer: Layer | None) -> Map | None:
    """Return the map of those schools whose place is known, the most urgent first; None where it shows nothing."""
    known = {one["place_id"]: (one["lat"], one["lon"]) for one in places if one["kind"] == "canteen"}
    return _map([(school.name, school.state, known.get(school.canteen_id)) for school in schools], layer)


def of_counties(report: Iterable[Mapping[str, Any]], language: str) -> Map | None:
    """Return the map of a month's counties by what of their demand nobody met; None where it shows nothing."""
    unmet = sorted(((_permille(one), one) for one in report), key=lambda each: (-each[0], each[1]["county_code"]))
    seats = counties.seats()
    shown = [
        (one[f"name_{language}"] or one["name_zh"], met(permille), seats.get(one["county_code"]))
        for permille, one in unmet
    ]
    return _map(shown, None)


def met(permille: int) -> State:
    """Return how well a county's demand was met, by what of it nobody could meet."""
    if not permille:
        return "ok", N_("All demand was met")
    return ("warn", N_("A little was not met")) if permille <= FEW_UNMET else ("bad", N_("Much was not met"))


def _permille(county: Mapping[str, Any]) -> int:
    """Return what of a county's demand nobody could meet; the least of it counts."""
    return -(-county["unmet_g"] * 1000 // county["demand_g"]) if county["demand_g"] else 0


def _map(places: Iterable[tuple[str, State, Point | None]], layer: Layer | None) -> Map | None:
    shown = [(name, state, at) for name, state, at in places if at is not None][:MOST_DRAWN]
    if len(shown) < 2:
        return None
    drawing = drawn({str(number): at for number, (_, _, at) in enumerate(shown)}, layer.lines if layer else ())
    urgent: dict[Cell, Area] = {}
    for number, (name, state, _) in enumerate(shown):
        cell = drawing.cells[str(number)]
        urgent.setdefault(cell, Area(cell, name, state))
    counted = sorted(Counter(state for _, state, _ in shown).items(), key=lambda each: -each[1])
    whose = layer.attribution if layer else None
    return Map(drawing.box, list(urgent.values()), counted, drawing.lines, whose)
