"""Menus judged by what a standard asks, one week or thousands at once; planner, checker and analysis share this.

A week is an index array over the slots of a layout: which dish of the plates fills each slot, −1 for none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.nutrition.analysis.plates import KCAL_PER_G, Floats, Integers, Kitchen, Plates, Truths
from services.nutrition.foods.domain import Nutrient
from services.nutrition.standards.domain import Per, Requirement, Target, TargetKind
from shared.fields import Meal

Words = NDArray[np.uint64]
EMPTY = -1
_BITS = 64


@dataclass(frozen=True, slots=True)
class Layout:
    """Which day and which meal of the week each of S slots belongs to, counted from 0; `days` are school days planned.

    A day without a slot is a day on which nothing is eaten: it counts in the mean day like any other.
    """

    days: int
    meals: int
    day: Integers
    meal: Integers

    def units(self, per: Per) -> Floats:
        """Return S × units: with which share a slot counts in each of the units a target is judged over."""
        slots = np.arange(len(self.day))
        if per is Per.DAY or per is Per.MEAL:
            place, count = (self.day, self.days) if per is Per.DAY else (self.meal, self.meals)
            units = np.zeros((len(slots), count))
            units[slots, place] = 1.0
            return units
        return np.full((len(slots), 1), 1.0 / self.days if per is Per.MEAN_DAY else 1.0)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What W weeks give, T targets: `values` holds each target's W × units, `misses` is W × T, `shortfall` is W.

    A miss of 0 is a target met, of 1 one missed by its whole amount in every unit; the shortfall is Σ weight × miss.
    """

    targets: tuple[Target, ...]
    values: tuple[Floats, ...]
    misses: Floats
    shortfall: Floats


@dataclass(frozen=True, slots=True)
class Spending:
    """1/1000 fen an average child's meals cost, W × days: all, to the own county, expected to reach poor households."""

    cost_mfen: Integers
    local_mfen: Integers
    poor_mfen: Integers


def layout_of(places: Sequence[tuple[int, Meal]], days: int) -> Layout:
    """Return the layout of slots, each given by its day (from 0) and meal; meals are counted in order of the week."""
    order = list(Meal)
    meals = sorted(set(places), key=lambda place: (place[0], order.index(place[1])))
    if days <= 0 or any(not 0 <= day < days for day, _ in meals):
        raise ValueError(f"every slot lies on one of {days} days, and there is a day at least")
    return Layout(
        days=days,
        meals=len(meals),
        day=np.array([day for day, _ in places], dtype=np.int64),
        meal=np.array([meals.index(place) for place in places], dtype=np.int64),
    )


def judge(
    plates: Plates,
    requirement: Requirement,
    layout: Layout,
    weeks: Integers,
    each: tuple[Floats, Sequence[Requirement]] | None = None,
) -> Judgement:
    """Judge weeks (W × S dish indices of `plates`, −1 for an empty slot) by every target of the requirement.

    With `each`, every week is another canteen's: how large the portion in each slot is beside that of the plates
    (W × S), and what is asked of each week, which differs from `requirement` in the bounds of its targets only.
    """
    portions, requirements = (None, [requirement]) if each is None else each
    measured = _Measured(plates, layout, weeks, portions)
    targets = requirement.targets
    values = tuple(_value(measured, requirement, target) for target in targets)
    misses = misses_of(values, *bounds_of(requirements), len(weeks))
    weights = np.array([target.weight for target in targets])
    return Judgement(targets, values, misses, misses @ weights)


def bounds_of(requirements: Sequence[Requirement]) -> tuple[Floats, Floats]:
    """Return the lower and upper bounds of targets, requirements × T; NaN where there is none."""
    ends = [[(target.low, target.high) for target in one.targets] for one in requirements]
    bounds = np.array(ends, dtype=np.float64).reshape(len(requirements), -1, 2)
    return bounds[:, :, 0], bounds[:, :, 1]


def misses_of(values: Sequence[Floats], lows: Floats, highs: Floats, weeks: int) -> Floats:
    """Return W × T: by what share each target is missed, the mean of its units; bounds are 1 × T or W × T.

    Most targets have one unit only: those are reckoned at once.
    """
    misses = np.zeros((weeks, len(values)))
    single = [place for place, value in enumerate(values) if value.shape[1] == 1]
    if single:
        value = np.concatenate([values[at] for at in single], axis=1)
        misses[:, single] = _missed(value, lows[:, single], highs[:, single])
    for place, value in enumerate(values):
        if value.shape[1] != 1:
            misses[:, place] = _missed(value, lows[:, [place]], highs[:, [place]]).mean(axis=1)
    return misses


def missed_of(targets: Sequence[Target], values: Floats) -> Floats:
    """Return by what share of their bounds targets (the last axis of their values) are missed."""
    ends = np.array([[target.low, target.high] for target in targets], dtype=np.float64)
    return _missed(values, ends[:, 0], ends[:, 1])


def miss_of(target: Target, value: Floats) -> Floats:
    """Return by what share of its bound a target is missed on either side; a bound of 0 by the amount itself."""
    low, high = (np.nan if end is None else end for end in (target.low, target.high))
    return _missed(value, np.array([low]), np.array([high]))


def _missed(value: Floats, low: Floats, high: Floats) -> Floats:
    below = np.where(low > 0, np.maximum(0.0, low - value) / np.where(low > 0, low, 1.0), 0.0)
    above = np.where(np.isnan(high), 0.0, np.maximum(0.0, value - high) / np.where(high > 0, high, 1.0))
    missed: Floats = below + above
    return missed


def spending(plates: Plates, layout: Layout, weeks: Integers) -> Spending:
    """Return what weeks cost on each day."""
    served = _served(plates, weeks)
    on_day = layout.units(Per.DAY).astype(np.int64)

    def of_days(per_dish: Integers) -> Integers:
        return np.append(per_dish, 0)[served] @ on_day

    return Spending(of_days(plates.cost_mfen), of_days(plates.local_mfen), of_days(plates.poor_mfen))


def eaten(plates: Plates, layout: Layout, weeks: Integers, of: Floats, per: Per) -> Floats:
    """Return W × units of anything given per dish (`of`: one number for each dish of the plates)."""
    return _Measured(plates, layout, weeks).amount(of, per)


def food_present(plates: Plates, layout: Layout, weeks: Integers, per: Per) -> Truths:
    """Return W × units × F: which foods stand on the plate."""
    words = _Measured(plates, layout, weeks).foods(per)
    count = len(plates.kitchen.foods)
    bits: Truths = np.unpackbits(words.view(np.uint8), axis=-1, count=count, bitorder="little").astype(np.bool_)
    return bits


def _served(plates: Plates, weeks: Integers) -> Integers:
    """Return the weeks with the row behind the last dish, which is an empty plate, for empty slots."""
    dishes = len(plates.cost_mfen)
    if weeks.size and (weeks.min() < EMPTY or weeks.max() >= dishes):
        raise ValueError(f"a slot holds one of {dishes} dishes or {EMPTY}")
    return np.where(weeks < 0, dishes, weeks)


class _Measured:
    """What weeks hold, by unit; the foods of a unit are kept as bits, 64 to a word."""

    def __init__(self, plates: Plates, layout: Layout, weeks: Integers, portions: Floats | None = None) -> None:
        self.plates = plates
        self._portions = portions
        self._layout = layout
        self._served = _served(plates, weeks)
        self._filled = not bool((weeks < 0).any())
        self._dish_bits = _words(np.vstack([plates.food_g > 0, np.zeros((1, plates.food_g.shape[1]), np.bool_)]))
        self._foods: dict[Per, Words] = {}
        self._units = {per: layout.units(per) for per in Per}

    @property
    def kitchen(self) -> Kitchen:
        return self.plates.kitchen

    def amount(self, of: Floats, per: Per) -> Floats:
        taken = (of if self._filled else np.append(of, 0.0))[self._served]
        amount: Floats = (taken if self._portions is None else taken * self._portions) @ self._units[per]
        return amount

    def nutrient(self, nutrient: Nutrient, per: Per) -> Floats:
        return self.amount(self.plates.nutrient(nutrient), per)

    def foods(self, per: Per) -> Words:
        """Return W × units × words: the foods of each unit."""
        if per not in self._foods:
            taken = self._dish_bits[self._served]
            units = self._units[per] > 0
            present = [np.bitwise_or.reduce(taken[:, units[:, unit]], axis=1) for unit in range(units.shape[1])]
            self._foods[per] = np.stack(present, axis=1)
        return self._foods[per]

    def kinds(self, among: Truths, per: Per) -> Floats:
        """Return how many of the foods `among` stand in each unit; on the mean day, the mean of the days."""
        if per is Per.MEAN_DAY:
            mean: Floats = self.kinds(among, Per.DAY).mean(axis=1, keepdims=True)
            return mean
        counted: Floats = np.bitwise_count(self.foods(per) & _words(among)).sum(axis=-1).astype(np.float64)
        return counted

    def share(self, part: Floats, whole: Floats) -> Floats:
        """Return 1/1000 of `whole` that `part` is; of nothing, nothing."""
        share: Floats = 1000 * part / np.where(whole > 0, whole, np.inf)
        return share


def _words(present: Truths) -> Words:
    """Return truths over foods (the last axis) as 64-bit words."""
    width = -(-present.shape[-1] // _BITS) * _BITS
    padded = np.zeros((*present.shape[:-1], max(width, _BITS)), np.bool_)
    padded[..., : present.shape[-1]] = present
    return np.packbits(padded, axis=-1, bitorder="little").view(np.uint64)


def _value(measured: _Measured, requirement: Requirement, target: Target) -> Floats:
    kitchen, per = measured.kitchen, target.per
    match target.kind:
        case TargetKind.NUTRIENT:
            return measured.nutrient(Nutrient(target.of), per)
        case TargetKind.ENERGY_SHARE:
            part = Nutrient(target.of)
            energy = measured.nutrient(Nutrient.ENERGY_KCAL, per)
            return measured.share(KCAL_PER_G[part] * measured.nutrient(part, per), energy)
        case TargetKind.GROUP_G:
            return measured.amount(measured.plates.group_g(target.of), per)
        case TargetKind.FOOD_G:
            named = np.array([requirement.names(target.of, food) for food in kitchen.foods], dtype=np.bool_)
            return measured.amount(measured.plates.grams_of(named), per)
        case TargetKind.FOOD_KINDS:
            return measured.kinds(kitchen.is_kind, per)
        case TargetKind.GROUP_KINDS:
            return measured.kinds(kitchen.is_kind & kitchen.of_group(target.of), per)
        case TargetKind.DARK_SHARE:
            return _dark_share(measured, target)
        case TargetKind.GROUPS_IN_MEAL:
            return _groups_in_meal(measured, requirement, per)


def _dark_share(measured: _Measured, target: Target) -> Floats:
    """Return 1/1000 of the group's weight that is dark; a vegetable nobody has called dark is not."""
    kitchen = measured.kitchen
    grams = [measured.plates.grams_of(among) for among in (kitchen.dark_of(target.of), kitchen.of_group(target.of))]
    return measured.share(*(measured.amount(of, target.per) for of in grams))


def _groups_in_meal(measured: _Measured, requirement: Requirement, per: Per) -> Floats:
    families = measured.kinds(measured.kitchen.of_any(()), per)
    for family in requirement.meal_groups:
        families = families + (measured.kinds(measured.kitchen.of_any(family), per) > 0)
    return families
