"""A canteen's week analysed: what its standard asks, what the week gives, costs and brings to the villages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.nutrition.analysis.judging import Judgement, Layout, judge, layout_of, spending
from services.nutrition.analysis.plates import NUTRIENTS, Integers, Plates
from services.nutrition.foods.domain import Food, Nutrient
from services.nutrition.standards.domain import Per, Requirement, Target, TargetKind
from shared.fields import Meal

FULL_SCORE = 1000


@dataclass(frozen=True, slots=True)
class Served:
    """A meal of the week by its dishes, each an index of the plates."""

    day: date
    meal: Meal
    dishes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Met:
    """What a week gives of a target: the mean of its units, the share missed, the points of the score that costs.

    `unknown_permille` is the share of the food's weight whose value of the nutrient nobody knows.
    """

    target: Target
    value: float
    miss: float
    lost_points: float
    unknown_permille: int


@dataclass(frozen=True, slots=True)
class DaySpending:
    """What an average child's meals of a day cost, in 1/1000 fen: all, to the own county, to poor households."""

    day: date
    cost_mfen: int
    local_mfen: int
    poor_mfen: int


@dataclass(frozen=True, slots=True)
class WeekAnalysis:
    """A week judged. `score` is 1000 less the points lost on targets, in proportion to the targets' weights.

    `shares_permille` says of each day how much it gives of the least asked for of each nutrient, by the target's key.
    `dish_mfen` is what a portion of each dish costs, in 1/1000 fen, in the order of the plates.
    """

    requirement: Requirement
    score: int
    met: tuple[Met, ...]
    days: tuple[DaySpending, ...]
    shares_permille: tuple[Mapping[str, int], ...]
    foods: tuple[Food, ...]
    out_of_season: tuple[str, ...]
    dish_mfen: tuple[int, ...]


def analyse(plates: Plates, requirement: Requirement, days: Sequence[date], meals: Sequence[Served]) -> WeekAnalysis:
    """Judge the meals of some school days for an average child; a day without a meal counts as one with nothing."""
    layout, week = _laid_out(days, meals)
    judged = judge(plates, requirement, layout, week)
    total = sum(target.weight for target in requirement.targets) or 1.0
    unknown = _unknown(plates, week[0])
    met = tuple(
        Met(
            target=target,
            value=float(value[0, 0]) if value.shape[1] == 1 else float(value.mean()),
            miss=float(miss),
            lost_points=FULL_SCORE * target.weight * min(1.0, float(miss)) / total,
            unknown_permille=unknown.get(target.of, 0),
        )
        for target, value, miss in zip(judged.targets, judged.values, judged.misses[0], strict=True)
    )
    present = plates.food_g[week[0]].sum(axis=0) > 0
    return WeekAnalysis(
        requirement=requirement,
        score=score_of(judged, 0),
        met=met,
        days=_spent(plates, layout, week, days),
        shares_permille=_shares(plates, requirement, layout, week[0]),
        foods=tuple(food for food, there in zip(plates.kitchen.foods, present, strict=True) if there),
        out_of_season=_out_of_season(plates, meals),
        dish_mfen=tuple(plates.cost_mfen.tolist()),
    )


def score_of(judged: Judgement, week: int) -> int:
    """Return the score of one of the weeks judged: 1000 less what its targets lose, each its share at most."""
    return int(scores_of(judged)[week])


def scores_of(judged: Judgement) -> Integers:
    """Return the score of each of the weeks judged."""
    weights = np.array([target.weight for target in judged.targets])
    total = float(weights.sum()) or 1.0
    lost = np.minimum(1.0, judged.misses) @ weights
    scores: Integers = np.rint(FULL_SCORE - FULL_SCORE * lost / total).astype(np.int64)
    return scores


def spent(plates: Plates, days: Sequence[date], meals: Sequence[Served]) -> tuple[DaySpending, ...]:
    """Return what the meals of some school days cost an average child."""
    return _spent(plates, *_laid_out(days, meals), days)


def _laid_out(days: Sequence[date], meals: Sequence[Served]) -> tuple[Layout, Integers]:
    places = [(days.index(served.day), served.meal) for served in meals for _ in served.dishes]
    week = np.array([[dish for served in meals for dish in served.dishes]], dtype=np.int64)
    return layout_of(places, len(days)), week


def _spent(plates: Plates, layout: Layout, week: Integers, days: Sequence[date]) -> tuple[DaySpending, ...]:
    spent = spending(plates, layout, week)
    rows = zip(days, spent.cost_mfen[0], spent.local_mfen[0], spent.poor_mfen[0], strict=True)
    return tuple(DaySpending(day, int(cost), int(local), int(poor)) for day, cost, local, poor in rows)


def _shares(
    plates: Plates, requirement: Requirement, layout: Layout, dishes: Integers
) -> tuple[Mapping[str, int], ...]:
    """Return what each day alone gives of the least that is asked of the mean day, in 1/1000, nutrient by nutrient.

    What nobody knows of a day is left out: it is not nothing.
    """
    shares: list[dict[str, int]] = [{} for _ in range(layout.days)]
    for target in requirement.targets:
        if target.kind is TargetKind.NUTRIENT and target.per is Per.MEAN_DAY and target.low:
            nutrient = Nutrient(target.of)
            holes = plates.unknown_g[:, NUTRIENTS.index(nutrient)]
            given, unknown = (
                np.bincount(layout.day, weights=of[dishes], minlength=layout.days)
                for of in (plates.nutrient(nutrient), holes)
            )
            for day, value, hole in zip(shares, given, unknown, strict=True):
                if value or not hole:
                    day[target.key] = round(1000 * float(value) / target.low)
    return tuple(shares)


def _unknown(plates: Plates, dishes: Integers) -> dict[str, int]:
    """Return the share of the eaten weight, in 1/1000, whose value is unknown, by nutrient."""
    eaten = float(plates.food_g[dishes].sum()) or 1.0
    grams = plates.unknown_g[dishes].sum(axis=0)
    return {nutrient.value: round(1000 * float(g) / eaten) for nutrient, g in zip(NUTRIENTS, grams, strict=True)}


def _out_of_season(plates: Plates, meals: Sequence[Served]) -> tuple[str, ...]:
    """Return the farmed foods that are served on a day on which nobody around harvests them."""
    seasonal = [(at, food) for at, food in enumerate(plates.kitchen.foods) if food.farmed and food.season is not None]
    if not seasonal:
        return ()
    among = plates.food_g[:, [at for at, _ in seasonal]] > 0
    found = set()
    for served in meals:
        for place in np.flatnonzero(among[list(served.dishes)].any(axis=0)):
            food = seasonal[place][1]
            if food.season is not None and not food.season.has(served.day.month):
                found.add(food.food_code)
    return tuple(sorted(found))
