"""What the rail beside the week says: the standard, money and villages, and what would lift what lacks most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.languages import N_
from services.portal.planner.views import Names
from services.portal.terms import MEALS, NUTRIENTS, is_unknown, target_name

Told = Mapping[str, Any]
_FAR_PERMILLE = 250
"""From so much missed on a gauge is red, below it is yellow: for the eye only, the score is nutrition's."""
_MOST_LIFTS = 3
FIRST = ("energy_kcal", "protein_g", "calcium_mg", "iron_mg", "vitamin_a_ug_rae", "vitamin_c_mg")
"""Nutrients that are shown at once; the others are behind a tap."""
DAILY = ("energy_kcal", "protein_g", "calcium_mg")
"""Nutrients that each day shows; all of them stand in the table of days."""
_UNITS = {"kcal": "kcal", "g": "g", "mg": "mg", "rae": "µg"}


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number of the standard: its share of the least asked for in 1/1000 (None: unknown), a tone and word."""

    key: str
    name: str
    permille: int | None
    tone: str
    word: str
    value: float
    low: float | None
    high: float | None
    unit: str
    unknown_permille: int = 0

    @property
    def filled(self) -> float:
        """How much of a bar of 100 is filled; it ends a little beyond what is asked for."""
        return round(min(100.0, (self.permille or 0) / 12.5), 1)


@dataclass(frozen=True, slots=True)
class Lifting:
    """A dish that would lift what lacks most, where, and what it brings."""

    day: str
    meal: str
    meal_name: str
    code: str
    name: str
    instead_code: str
    instead: str
    before_permille: int
    after_permille: int
    more_fen: int
    over_budget: bool


@dataclass(frozen=True, slots=True)
class Rail:
    """A week judged, for whoever composes it. Money is fen for an average child and day."""

    score: int
    cost_fen: int
    budget_fen: int
    over_budget: bool
    local_permille: int
    poor_permille: int
    first: tuple[Gauge, ...]
    others: tuple[Gauge, ...]
    unpriced: tuple[str, ...]
    out_of_season: tuple[str, ...]
    lacking: Gauge | None = None
    lifts: tuple[Lifting, ...] = ()

    @property
    def met(self) -> int:
        """How many numbers of the standard are met."""
        return sum(gauge.tone == "ok" for gauge in (*self.first, *self.others))


def rail_of(analysis: Told | None, lifts: Told | None, names: Names) -> Rail | None:
    """Return the rail of a week; None while there is nothing to judge."""
    if analysis is None:
        return None
    gauges = {target["key"]: gauge_of(target) for target in analysis["targets"]}
    days = max(1, len(analysis["days"]))
    lacking = None if lifts is None else lifts["lacking"]
    return Rail(
        score=analysis["score"],
        cost_fen=round(sum(day["cost_fen"] for day in analysis["days"]) / days),
        budget_fen=round(sum(day["budget_fen"] for day in analysis["days"]) / days),
        over_budget=analysis["over_budget"],
        local_permille=analysis["local_permille"],
        poor_permille=analysis["poor_permille"],
        first=tuple(gauges[key] for key in FIRST if key in gauges),
        others=tuple(gauge for key, gauge in gauges.items() if key not in FIRST),
        unpriced=tuple(analysis["unpriced"]),
        out_of_season=tuple(analysis["out_of_season"]),
        lacking=None if lacking is None else gauge_of(lacking),
        lifts=() if lifts is None or lacking is None else _lifts(lifts["lifts"], lacking, names),
    )


def gauge_of(target: Told) -> Gauge:
    """Return a number of the standard as a gauge; nutrition says by how much it is missed."""
    value, low, high, miss = target["value"], target["low"], target["high"], target["miss_permille"]
    tone = "ok" if miss == 0 else "bad" if miss >= _FAR_PERMILLE else "warn"
    too_much = low is None or value >= low
    word = N_("met") if miss == 0 else N_("too much") if too_much else N_("too little")
    permille = target["share_permille"]
    if permille is None and high:
        permille = round(1000 * value / high)
    if is_unknown(target):
        tone, word, permille = "", N_("unknown"), None
    return Gauge(
        key=target["key"],
        name=target_name(target),
        permille=permille,
        tone=tone,
        word=word,
        value=value,
        low=low,
        high=high,
        unit=_unit(target),
        unknown_permille=target["unknown_permille"],
    )


def _unit(target: Told) -> str:
    if target["kind"] == "nutrient":
        return _UNITS.get(target["of"].rpartition("_")[2], "")
    if target["kind"] in ("group_g", "food_g"):
        return "g"
    return "‰" if target["kind"] in ("energy_share", "dark_share") else ""


def _lifts(found: Sequence[Told], lacking: Told, names: Names) -> tuple[Lifting, ...]:
    low = lacking["low"]
    return tuple(
        Lifting(
            day=one["day"],
            meal=one["meal"],
            meal_name=MEALS[one["meal"]],
            code=one["dish_code"],
            name=names[one["dish_code"]],
            instead_code=one["instead_of"] or "",
            instead="" if one["instead_of"] is None else names[one["instead_of"]],
            before_permille=lacking["share_permille"],
            after_permille=round(1000 * one["value"] / low),
            more_fen=one["more_fen"],
            over_budget=one["over_budget"],
        )
        for one in found[:_MOST_LIFTS]
    )


def daily_rows(analysis: Told | None) -> list[tuple[str, list[int | None]]]:
    """Return what each day gives of each nutrient, in 1/1000 of what is asked of the mean day; None: unknown."""
    days = [] if analysis is None else [day["shares_permille"] for day in analysis["days"]]
    keys = [key for key in NUTRIENTS if any(key in day for day in days)]
    return [(NUTRIENTS[key], [day.get(key) for day in days]) for key in keys]
