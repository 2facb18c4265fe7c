"""Weeks of many canteens judged at once: those that buy at the same prices and serve the same meals on as many days.

What differs is who eats: each canteen's portions, and the bounds its standard asks of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.nutrition.analysis.judging import EMPTY, Judgement, Layout, food_present, judge
from services.nutrition.analysis.plates import NUTRIENTS, Floats, Integers, Kitchen, Plates, Truths
from services.nutrition.analysis.week import scores_of
from services.nutrition.standards.domain import Per, Requirement
from shared.fields import AgeBand

REFERENCE = {AgeBand.FROM_9_TO_11: 1}
"""The plates of many canteens are made for one child of the band recipes are written for."""


@dataclass(frozen=True, slots=True)
class Weeks:
    """W weeks in one layout: dishes (W × S, −1 for an empty slot), who eats, and what is asked of each canteen.

    `plates` are of REFERENCE at the prices all pay. The requirements differ in the bounds of their targets only.
    """

    plates: Plates
    layout: Layout
    days: Sequence[date]
    dishes: Integers
    eaters: Sequence[Mapping[AgeBand, int]]
    requirements: Sequence[Requirement]


@dataclass(frozen=True, slots=True)
class Analyses:
    """What W weeks give: judgement and scores, and an average child's days in 1/1000 fen (W × days).

    `unknown_permille` is W × nutrients, of the eaten weight; `out_of_season` is W × foods of the kitchen.
    """

    judged: Judgement
    scores: Integers
    cost_mfen: Integers
    local_mfen: Integers
    poor_mfen: Integers
    unknown_permille: Integers
    out_of_season: Truths


def analyse_all(weeks: Weeks) -> Analyses:
    """Judge all weeks; each comes to what `week.analyse` says of it alone, to the rounding of 1/1000 fen a dish."""
    plates, layout = weeks.plates, weeks.layout
    portions = portions_of(plates.kitchen, weeks.eaters, weeks.dishes)
    each = (portions, weeks.requirements)
    judged = judge(plates, weeks.requirements[0], layout, weeks.dishes, each)
    on_day = layout.units(Per.DAY)
    costs = [
        _whole(_taken(of, weeks.dishes) * portions) @ on_day.astype(np.int64)
        for of in (plates.cost_mfen, plates.local_mfen, plates.poor_mfen)
    ]
    return Analyses(
        judged=judged,
        scores=scores_of(judged),
        cost_mfen=costs[0],
        local_mfen=costs[1],
        poor_mfen=costs[2],
        unknown_permille=_unknown(plates, weeks.dishes, portions),
        out_of_season=_out_of_season(weeks),
    )


def portions_of(kitchen: Kitchen, eaters: Sequence[Mapping[AgeBand, int]], dishes: Integers) -> Floats:
    """Return W × S: the portion an average child of each canteen gets of each slot's dish, as a share of the recipe."""
    bands = list(AgeBand)
    rule = np.array([[recipe.portion_permille[band] for band in bands] for recipe in kitchen.recipes]) / 1000
    heads = np.array([[who.get(band, 0) for band in bands] for who in eaters], dtype=np.float64)
    shares = heads / heads.sum(axis=1, keepdims=True)
    per_dish: Floats = np.hstack([shares @ rule.T, np.zeros((len(heads), 1))])
    portions: Floats = np.take_along_axis(per_dish, np.where(dishes == EMPTY, len(rule), dishes), axis=1)
    return portions


def _taken(of: Integers | Floats, dishes: Integers) -> Floats:
    """Return W × S of anything given per dish; nothing for an empty slot."""
    taken: Floats = np.append(of, 0)[dishes].astype(np.float64)
    return taken


def _whole(values: Floats) -> Integers:
    return np.rint(values).astype(np.int64)


def _unknown(plates: Plates, dishes: Integers, portions: Floats) -> Integers:
    eaten = (_taken(plates.food_g.sum(axis=1), dishes) * portions).sum(axis=1, keepdims=True)
    unknown = np.empty((len(dishes), len(NUTRIENTS)))
    for place in range(len(NUTRIENTS)):
        unknown[:, place] = (_taken(plates.unknown_g[:, place], dishes) * portions).sum(axis=1)
    return _whole(1000 * unknown / np.where(eaten > 0, eaten, 1.0))


def _out_of_season(weeks: Weeks) -> Truths:
    """Return which farmed foods are served on a day on which nobody around harvests them."""
    foods = weeks.plates.kitchen.foods
    unripe = np.array(
        [
            [food.farmed and food.season is not None and not food.season.has(day.month) for food in foods]
            for day in weeks.days
        ],
        dtype=np.bool_,
    )
    found = np.zeros((len(weeks.dishes), len(foods)), dtype=np.bool_)
    if unripe.any():
        present = food_present(weeks.plates, weeks.layout, weeks.dishes, Per.DAY)
        found |= np.logical_and(present, unripe[None]).any(axis=1)
    return found
