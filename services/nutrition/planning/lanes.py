"""What each dish adds to each target: the targets of a requirement as sums, ratios and counts over dishes."""

from dataclasses import dataclass

import numpy as np

from services.nutrition.analysis.plates import KCAL_PER_G, Floats, Plates, Truths
from services.nutrition.foods.domain import Nutrient
from services.nutrition.standards.domain import Requirement, Target, TargetKind


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
            return Sum(target, plates.nutrient(Nutrient(target.of)))
        case TargetKind.GROUP_G:
            return Sum(target, plates.group_g(target.of))
        case TargetKind.FOOD_G:
            named = np.array([requirement.names(target.of, food) for food in kitchen.foods], dtype=np.bool_)
            return Sum(target, plates.grams_of(named))
        case TargetKind.ENERGY_SHARE:
            nutrient = Nutrient(target.of)
            part = 1000 * KCAL_PER_G[nutrient] * plates.nutrient(nutrient)
            return Ratio(target, part, plates.nutrient(Nutrient.ENERGY_KCAL))
        case TargetKind.DARK_SHARE:
            dark, whole = kitchen.dark_of(target.of), kitchen.of_group(target.of)
            return Ratio(target, 1000 * plates.grams_of(dark), plates.grams_of(whole))
        case TargetKind.FOOD_KINDS:
            return Count(target, present[:, kitchen.is_kind])
        case TargetKind.GROUP_KINDS:
            return Count(target, present[:, kitchen.is_kind & kitchen.of_group(target.of)])
        case TargetKind.GROUPS_IN_MEAL:
            families = [kitchen.of_any(family) for family in requirement.meal_groups]
            has = [(present & family).any(axis=1) for family in families]
            return Count(target, np.array(has, dtype=np.bool_).reshape(len(families), len(present)).T)
