"""At which grain a problem is written as rows and columns: slot by slot, or all slots of a name in a week as one.

The slots of one week that are called alike differ in little but their day. Counted together they make a program a
tenth of the size that says nearly as much, and whose whole numbers say far more than the fractions of the fine one.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.model import Model
from services.nutrition.planning.units import Units
from services.nutrition.standards.domain import Per


@dataclass(frozen=True, slots=True)
class Grain:
    """P places, each some slots. `of_slot[s]`: the place of a slot; `size[p]`: how many slots it is.

    `points` and `room` are P × (D + 1): the least points a choice costs in a slot of the place, and in how many of its
    slots it may stand. `first_day` and `last_day` of a place's slots and of its week; `meal` numbers meals of the
    grain, `meals` says how many real meals each is. `units` are those of the problem with places for slots: with
    coarse places a day or meal becomes the mean day or meal of its week, which misses no more than they do themselves.
    """

    of_slot: Integers
    size: Integers
    points: Floats
    room: Integers
    first_day: Integers
    last_day: Integers
    meal: Integers
    meals: Integers
    units: Mapping[Per, Units]
    is_fine: bool


def fine(model: Model) -> Grain:
    """Return the grain in which every slot is a place of its own."""
    calendar = model.calendar
    return _grain(model, np.arange(len(calendar.day_of_slot)), calendar.meal_of_slot, calendar.by_per)


def coarse(model: Model) -> Grain:
    """Return the grain in which the slots of a week that have the same meal and name are one place."""
    slots, week_of_slot = model.problem.slots, model.calendar.by_per[Per.WEEK].of_slot
    of_slot = _numbered([(week, slot.meal, slot.name) for week, slot in zip(week_of_slot, slots, strict=True)])
    meal_of_slot = _numbered([(week, slot.meal) for week, slot in zip(week_of_slot, slots, strict=True)])
    week = np.zeros(int(of_slot.max()) + 1, dtype=np.int64)
    week[of_slot] = week_of_slot
    return _grain(
        model, of_slot, meal_of_slot, {per: _by_week(units, week) for per, units in model.calendar.by_per.items()}
    )


def _numbered(names: Sequence[Hashable]) -> Integers:
    number = {name: index for index, name in enumerate(dict.fromkeys(names))}
    return np.array([number[name] for name in names], dtype=np.int64)


def _grain(model: Model, of_slot: Integers, meal_of_slot: Integers, units: Mapping[Per, Units]) -> Grain:
    calendar, places = model.calendar, int(of_slot.max()) + 1
    points, room = np.full((places, model.choices.shape[1]), np.inf), np.zeros((places, model.choices.shape[1]))
    np.minimum.at(points, of_slot, np.where(model.choices, model.points, np.inf))
    np.add.at(room, of_slot, model.choices)
    first, last, meal = np.full(places, len(model.problem.days)), np.zeros(places, np.int64), np.zeros(places, np.int64)
    np.minimum.at(first, of_slot, calendar.day_of_slot)
    np.maximum.at(last, of_slot, calendar.day_of_slot)
    meal[of_slot] = meal_of_slot
    pairs = np.unique(np.stack([meal_of_slot, calendar.meal_of_slot]), axis=1)
    return Grain(
        of_slot=of_slot,
        size=np.bincount(of_slot),
        points=points,
        room=room.astype(np.int64),
        first_day=first,
        last_day=last,
        meal=meal,
        meals=np.bincount(pairs[0]),
        units=units,
        is_fine=units is calendar.by_per,
    )


def _by_week(units: Units, week_of_place: Integers) -> Units:
    """Return units joined week by week, each as large as its parts together."""
    weeks = int(units.week.max()) + 1
    return Units(
        week_of_place,
        np.arange(weeks),
        np.bincount(units.week, weights=units.days, minlength=weeks).astype(np.float64),
        np.bincount(units.week, weights=units.share, minlength=weeks).astype(np.float64),
    )
