"""What would lift the nutrient a week lacks most: every dish in every place, the best of them judged exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.nutrition.analysis.judging import EMPTY, judge, layout_of, spending
from services.nutrition.analysis.plates import Integers, Plates
from services.nutrition.analysis.week import Met, Served, WeekAnalysis, score_of
from services.nutrition.dishes.domain import Recipe
from services.nutrition.foods.domain import Nutrient
from services.nutrition.planning.rules import gap_days
from services.nutrition.standards.domain import Requirement, TargetKind
from shared.fields import Meal

SHORTLIST = 60
"""So many changes are judged exactly; the rest lift less for each fen by what the nutrient alone says."""


@dataclass(frozen=True, slots=True)
class Change:
    """A dish put into a meal, by its index of the plates: besides what is there, or in the place of another dish."""

    meal: int
    dish: int
    instead_of: int | None


@dataclass(frozen=True, slots=True)
class Lift:
    """What a change does to an average child's week, reckoned exactly; costs in 1/1000 fen, all days together.

    `over_budget` is that the day costs more than there is to spend.
    """

    change: Change
    value: float
    miss: float
    more_mfen: int
    score: int
    over_budget: bool


@dataclass(frozen=True, slots=True)
class Week:
    """A week to lift, with what may be changed: dishes that may be used, and what each day's meals may cost."""

    plates: Plates
    requirement: Requirement
    days: Sequence[date]
    served: Sequence[Served]
    usable: frozenset[int]
    dishes_per_meal: Mapping[str, int]
    budget_mfen: Mapping[date, int]

    def recipe(self, dish: int) -> Recipe:
        """Return a dish."""
        return self.plates.kitchen.recipes[dish]


def worst_of(analysis: WeekAnalysis) -> Met | None:
    """Return the nutrient whose lack costs the most points of the score, None where none is lacking."""
    lacking = [
        met
        for met in analysis.met
        if met.target.kind is TargetKind.NUTRIENT and met.target.low is not None and met.value < met.target.low
    ]
    return max(lacking, key=lambda met: (met.lost_points, met.miss), default=None)


def lifts(week: Week, worst: Met, most: int) -> list[Lift]:
    """Return the changes that mend the most of the worst lack for each fen, one for each dish, the best first.

    What costs nothing more comes first, by how much it mends. A change that lowers the score mends one lack by making
    others, and is left out.
    """
    short = _shortlist(week, Nutrient(worst.target.of))
    if not short:
        return []
    found = judged(week, worst.target.key, short)
    before = found.pop()
    better = [one for one in found if one.miss < before.miss and one.score >= before.score]
    best: dict[int, Lift] = {}
    for one in sorted(better, key=lambda lift: _rank(before.miss - lift.miss, lift.more_mfen)):
        best.setdefault(one.change.dish, one)
    return list(best.values())[:most]


def _rank(mended: float, more_mfen: int) -> tuple[int, float]:
    """Return the order of a change: what saves money before what costs some, then by what is mended for it."""
    return (0, -mended) if more_mfen <= 0 else (1, -mended / more_mfen)


def _shortlist(week: Week, nutrient: Nutrient) -> list[Change]:
    holds, cost = week.plates.nutrient(nutrient), week.plates.cost_mfen
    ranked = []
    for change in _changes(week):
        old = change.instead_of
        more = float(holds[change.dish]) - (0.0 if old is None else float(holds[old]))
        price = int(cost[change.dish]) - (0 if old is None else int(cost[old]))
        if more > 0:
            ranked.append((_rank(more, price), change.dish, change.meal, change))
    ranked.sort(key=lambda one: one[:3])
    return [change for _, _, _, change in ranked[:SHORTLIST]]


def _changes(week: Week) -> list[Change]:
    """Return every change that may be made: no dish too soon after itself, no equipment beyond what it takes."""
    found = []
    for meal, served in enumerate(week.served):
        for dish in sorted(week.usable):
            if too_soon(week, dish, served):
                continue
            if fits(week, (*served.dishes, dish)):
                found.append(Change(meal, dish, None))
            for old in served.dishes:
                rest = tuple(other for other in served.dishes if other != old)
                if week.recipe(old).category == week.recipe(dish).category and fits(week, (*rest, dish)):
                    found.append(Change(meal, dish, old))
    return found


def too_soon(week: Week, dish: int, served: Served) -> bool:
    """Whether a dish is served so few school days before or after that it may not come on this one."""
    recipe, place = week.recipe(dish), week.days.index(served.day)
    gap = gap_days(recipe)
    return any(
        abs(week.days.index(other.day) - place) < gap
        for other in week.served
        if any(week.recipe(one).dish_code == recipe.dish_code for one in other.dishes)
    )


def fits(week: Week, dishes: Sequence[int]) -> bool:
    """Whether a meal's dishes keep to what its equipment takes."""
    return all(
        sum(piece in week.recipe(dish).equipment for dish in dishes) <= most
        for piece, most in week.dishes_per_meal.items()
    )


def judged(week: Week, target: str, changes: Sequence[Change]) -> list[Lift]:
    """Return each change judged like any other week, by a target's key, and the week as it is behind them."""
    places, starts = _places(week)
    rows = np.full((len(changes) + 1, len(places)), EMPTY, dtype=np.int64)
    for start, served in zip(starts, week.served, strict=True):
        rows[:, start : start + len(served.dishes)] = served.dishes
    for row, change in enumerate(changes):
        dishes = week.served[change.meal].dishes
        at = len(dishes) if change.instead_of is None else dishes.index(change.instead_of)
        rows[row, starts[change.meal] + at] = change.dish
    layout = layout_of(places, len(week.days))
    found = judge(week.plates, week.requirement, layout, rows)
    at_target = next(at for at, one in enumerate(found.targets) if one.key == target)
    spent = spending(week.plates, layout, rows).cost_mfen
    nothing = Change(0, EMPTY, None)
    return [
        Lift(
            change=change,
            value=float(found.values[at_target][row].mean()),
            miss=float(found.misses[row, at_target]),
            more_mfen=int(spent[row].sum() - spent[-1].sum()),
            score=score_of(found, row),
            over_budget=_over_budget(week, change, spent[row]),
        )
        for row, change in enumerate([*changes, nothing])
    ]


def _over_budget(week: Week, change: Change, spent: Integers) -> bool:
    day = week.served[change.meal].day
    return int(spent[week.days.index(day)]) > week.budget_mfen.get(day, 0)


def _places(week: Week) -> tuple[list[tuple[int, Meal]], list[int]]:
    """Return day and meal of each slot, a free one behind each meal's dishes, and where each meal starts."""
    places: list[tuple[int, Meal]] = []
    starts = []
    for served in week.served:
        starts.append(len(places))
        places += [(week.days.index(served.day), served.meal)] * (len(served.dishes) + 1)
    return places, starts
