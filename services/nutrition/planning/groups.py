"""Which choices a proof counts together: how often milk, fish or liver come in a week is the question that decides.

A program may take 1.4 dishes of fish; a menu takes one or two. Telling these two cases apart says far more than whether
one dish of fish is taken or not.
"""

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers, Truths
from services.nutrition.planning.model import Model
from services.nutrition.planning.relaxation import Relaxation
from services.nutrition.standards.domain import Per

_PARTS = (0.0, 0.25, 0.5)
_MUCH_G = 10.0
_MUCH_IN_A_PLACE_G = 20.0


def groups_of(model: Model, relaxation: Relaxation) -> Truths:
    """Return groups × choices: in each week what fills a place, what brings much to a target, what has much of a food.

    Groups of one choice are left out, as choices are told apart anyway.
    """
    dish, place, week_of_place = relaxation.dish, relaxation.place, relaxation.grain.units[Per.WEEK].of_slot
    brings = [place == of for of in range(len(week_of_place))]
    served = dish < len(model.problem.rating)
    found = [there & served for there in brings]
    found += [_much(lane.amount, dish, part) for lane in model.lanes.sums for part in _PARTS]
    found += [_much(lane.part, dish, part) for lane in model.lanes.ratios for part in _PARTS]
    for grams in model.problem.plates.food_g.T:
        of_choice = np.append(grams, 0.0)[dish]
        found.append(of_choice > _MUCH_G)
        found += [(of_choice > _MUCH_IN_A_PLACE_G) & there for there in brings]
    weeks = [week_of_place[place] == week for week in range(int(week_of_place.max()) + 1)]
    groups = np.array([group & week for group in found for week in weeks], dtype=np.bool_).reshape(-1, len(dish))
    groups = groups[groups.sum(axis=1) > 1]
    different: Truths = groups[_first_of_each(groups)]
    return different


def _much(amount: Floats, dish: Integers, part: float) -> Truths:
    """Return which choices bring more of something than a part of what the dish with most of it does."""
    much: Truths = np.append(amount > part * max(float(amount.max(initial=0.0)), 1e-9), False)[dish]
    return much


def _first_of_each(groups: Truths) -> Integers:
    if not len(groups):
        return np.zeros(0, dtype=np.int64)
    return np.sort(np.unique(groups, axis=0, return_index=True)[1])
