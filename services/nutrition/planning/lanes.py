"""What each dish adds to each target: the targets of a requirement as sums, ratios and counts over dishes."""

from dataclasses import dataclass

import numpy as np

from services.nutrition.analysis.plates import NUTRIENTS, Floats, Kitchen, Plates, Truths
from services.nutrition.foods.domain import Nutrient
from services.nutrition.standards.domain import Requirement, Target, TargetKind

_KCAL_PER_G = {Nutrient.FAT_G: 9.0, Nutrient.CARBOHYDRATE_G: 4.0, Nutrient.PROTEIN_G: 4.0}


@dataclass(frozen=True, slots=True)
class Sum:
    """A target whose value is a sum over the dishes: `amount[d]` in the target's unit."""

    target: Target
    amount: Floats


@dataclass(frozen=True, slots=True)
class Ratio:
    """A target whose value is one sum over another, `part[d]` (times 1000) by `whole[d]`; of nothing it is nothing."""

    target: Target
    part: Floats
    whole: Floats


@dataclass(frozen=True, slots=True)
class Count:
    """A target that counts different things: `has[d, k]`, whether dish d brings thing k."""

    target: Target
    has: Truths


@dataclass(frozen=True, slots=True)
class Lanes:
    """All targets of a requirement, each once, in its order within its shape."""

    sums: tuple[Sum, ...]
    ratios: tuple[Ratio, ...]
    counts: tuple[Count, ...]


def lanes_of(plates: Plates, requirement: Requirement) -> Lanes:
    """Return what each dish of the plates adds to each target."""
    lanes = [_lane(plates, requirement, target) for target in requirement.targets]
    return Lanes(
        sums=tuple(lane for lane in lanes if isinstance(lane, Sum)),
        ratios=tuple(lane for lane in lanes if isinstance(lane, Ratio)),
        counts=tuple(lane for lane in lanes if isinstance(lane, Count)),
    )


def _lane(plates: Plates, requirement: Requirement, target: Target) -> Sum | Ratio | Count:
    kitchen = plates.kitchen
    present = plates.food_g > 0
    match target.kind:
        case TargetKind.NUTRIENT:
            return Sum(target, _nutrient(plates, Nutrient(target.of)))
        case TargetKind.GROUP_G:
            return Sum(target, _group_g(plates, target.of))
        case TargetKind.FOOD_G:
            named = np.array([requirement.names(target.of, food) for food in kitchen.foods], dtype=np.float64)
            return Sum(target, plates.food_g @ named)
        case TargetKind.ENERGY_SHARE:
            nutrient = Nutrient(target.of)
            part = 1000 * _KCAL_PER_G[nutrient] * _nutrient(plates, nutrient)
            return Ratio(target, part, _nutrient(plates, Nutrient.ENERGY_KCAL))
        case TargetKind.DARK_SHARE:
            among = _of_group(kitchen, target.of)
            dark = among & np.array([food.dark_vegetable is True for food in kitchen.foods], dtype=np.bool_)
            grams = [plates.food_g @ which.astype(np.float64) for which in (dark, among)]
            return Ratio(target, 1000 * grams[0], grams[1])
        case TargetKind.FOOD_KINDS:
            return Count(target, present[:, kitchen.is_kind])
        case TargetKind.GROUP_KINDS:
            return Count(target, present[:, kitchen.is_kind & _of_group(kitchen, target.of)])
        case TargetKind.GROUPS_IN_MEAL:
            families = [_any_of(kitchen, family) for family in requirement.meal_groups]
            has = [(present & family).any(axis=1) for family in families]
            return Count(target, np.array(has, dtype=np.bool_).reshape(len(families), len(present)).T)


def _nutrient(plates: Plates, nutrient: Nutrient) -> Floats:
    return plates.nutrients[:, NUTRIENTS.index(nutrient)]


def _group_g(plates: Plates, group: str) -> Floats:
    if group not in plates.kitchen.groups:
        return np.zeros(len(plates.cost_mfen))
    return plates.groups[:, plates.kitchen.groups.index(group)]


def _named(kitchen: Kitchen, name: str) -> Truths:
    return np.array([name in (food.food_group, food.food_code) for food in kitchen.foods], dtype=np.bool_)


def _of_group(kitchen: Kitchen, group: str) -> Truths:
    """Return which foods count in a group of the standard, or are of the food group where it has no such group."""
    if group in kitchen.groups:
        return kitchen.group_g[:, kitchen.groups.index(group)] > 0
    return _named(kitchen, group)


def _any_of(kitchen: Kitchen, groups: frozenset[str]) -> Truths:
    found = np.zeros(len(kitchen.foods), dtype=np.bool_)
    for group in sorted(groups):
        found |= _of_group(kitchen, group)
    return found
