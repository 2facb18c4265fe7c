"""From a standard to what it asks of one canteen: weighted by who eats, cut to the meals it serves (ADR 11)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from services.nutrition.standards.domain import Per, Requirement, Target, TargetKind
from services.nutrition.standards.files import GroupRow, NutrientRow, Range, RuleRow
from services.nutrition.standards.library import Standard
from shared.errors import DomainError
from shared.fields import AgeBand, Meal, Sex

Heads = Mapping[tuple[AgeBand, Sex], int]
Eaters = Sequence[tuple[Sex, int, float]]
SCHOOL_WEEK = 5
"""School days of a week with no holiday: amounts a week are of so many days."""
_WHOLE_DAY = len(Meal)
_KINDS = {TargetKind.FOOD_KINDS, TargetKind.GROUP_KINDS}


def requirement_of(
    standard: Standard,
    heads: Heads,
    meals: Iterable[Meal],
    *,
    day: date | None = None,
    school_days: int = SCHOOL_WEEK,
) -> Requirement:
    """Return what a standard asks for an average child of `heads` who eats `meals` every school day.

    Numbers that change with time are those of `day`, without one those the standard began with. A week of fewer than
    five `school_days` is asked for fewer kinds of food. Raises DomainError: nobody eats, an age band or a meal the
    standard says nothing of.
    """
    served = tuple(meal for meal in Meal if meal in set(meals))
    _check(standard, heads, served)
    file, share, eaters = standard.file, _share(standard, served), _eaters(standard, heads)
    on = day or file.in_force_from
    targets = [_nutrient(row, eaters, share) for row in standard.nutrients if _holds(row, on)]
    targets += [
        Target(f"{row.of}_energy", TargetKind.ENERGY_SHARE, row.of, Per.MEAN_DAY, row.low, row.high, row.weight, words)
        for row in file.energy_shares
        for words in (row.verified,)
    ]
    targets += [_group(row, eaters, served) for row in file.groups]
    targets += [_rule(row, served, school_days) for row in file.rules]
    return Requirement(
        standard_id=standard.standard_id,
        meals=served,
        targets=tuple(targets),
        by_food=standard.by_food,
        by_food_group=standard.by_food_group,
        meal_groups=standard.meal_groups,
        kinds_exclude=standard.kinds_exclude,
        food_sets=standard.food_sets,
        banned=standard.banned,
    )


def _check(standard: Standard, heads: Heads, served: Sequence[Meal]) -> None:
    if sum(heads.values()) <= 0 or min(heads.values()) < 0:
        raise DomainError("headcount-zero", "nobody eats", field="headcounts")
    for (band, _), pupils in heads.items():
        if pupils and band not in standard.place_of:
            raise DomainError("age-not-in-standard", f"{standard.standard_id} knows no age {band}", field="headcounts")
    unknown = [meal for meal in served if meal not in standard.file.meals]
    if unknown or not served:
        said = f"says nothing of {unknown[0]}" if unknown else "asks nothing where no meal is served"
        raise DomainError("meal-not-in-standard", f"{standard.standard_id} {said}", field="meals")


def _eaters(standard: Standard, heads: Heads) -> Eaters:
    """Return which part of the pupils is of each sex and band, the band by its place in the standard's lists."""
    total = sum(heads.values())
    return [(sex, standard.place_of[band], pupils / total) for (band, sex), pupils in heads.items() if pupils]


def _holds(row: NutrientRow, day: date) -> bool:
    return (row.from_day is None or row.from_day <= day) and (row.until_day is None or day <= row.until_day)


def _share(standard: Standard, served: Sequence[Meal]) -> tuple[float, float]:
    """Return which part of a day's needs the meals carry, at least and at most; all three carry the whole day."""
    share = standard.file.share
    if share.by_count:
        part = share.by_count[("1", "2", "3")[len(served) - 1]] / 1000
        return part, part
    if len(served) == _WHOLE_DAY:
        return 1.0, 1.0
    parts = [share.by_meal[meal] for meal in served]
    return sum(part.low for part in parts) / 1000, sum(part.high for part in parts) / 1000


def _mean(eaters: Eaters, amounts: Sequence[float]) -> float:
    """Return the headcount-weighted mean of amounts by band."""
    return sum(part * amounts[place] for _, place, part in eaters)


def _mean_by_sex(eaters: Eaters, amounts: Mapping[Sex, Sequence[float]]) -> float:
    """Return the headcount-weighted mean of amounts by sex and band."""
    return sum(part * amounts[sex][place] for sex, place, part in eaters)


def _nutrient(row: NutrientRow, eaters: Eaters, share: tuple[float, float]) -> Target:
    low: float | None = None
    high: float | None = None
    if row.daily is not None:
        need = _mean_by_sex(eaters, row.daily)
        low = None if row.low_permille is None else need * share[0] * row.low_permille / 1000
        high = None if row.high_permille is None else need * share[1] * row.high_permille / 1000
    elif row.range is not None:
        low = None if row.range.low is None else _mean(eaters, row.range.low)
        high = None if row.range.high is None else _mean(eaters, row.range.high)
    name = row.of.value
    return Target(name, TargetKind.NUTRIENT, name, Per.MEAN_DAY, low, high, row.weight, row.verified)


def _group(row: GroupRow, eaters: Eaters, served: Sequence[Meal]) -> Target:
    """Return what is asked of a group: what its meals' rows sum to, and no more than of the whole day."""
    kind = TargetKind.FOOD_G if row.foods else TargetKind.GROUP_G
    return Target(
        key=f"{row.group}_g",
        kind=kind,
        of=row.group,
        per=Per.MEAN_DAY,
        low=_group_end(row, eaters, served, 0) if row.bounds in ("low", "both") else None,
        high=_group_end(row, eaters, served, 1) if row.bounds in ("high", "both") else None,
        weight=row.weight,
        verified=row.verified if row.unit is None else f"{row.verified}; {row.unit.name}: {row.unit.verified}",
    )


def _group_end(row: GroupRow, eaters: Eaters, served: Sequence[Meal], end: int) -> float:
    def mean(ranges: Sequence[Range]) -> float:
        return sum(part * ranges[place][end] for _, place, part in eaters)

    unit_g = 1 if row.unit is None else row.unit.g
    if row.week is not None:
        return unit_g * mean(row.week) / SCHOOL_WEEK
    if row.day is not None and len(served) == _WHOLE_DAY:
        return unit_g * mean(row.day)
    of_meals = sum(mean(row.by_meal[meal]) for meal in served)
    return unit_g * (of_meals if row.day is None else min(of_meals, mean(row.day)))


def _rule(row: RuleRow, served: Sequence[Meal], school_days: int) -> Target:
    low = row.low
    if low is not None and row.by_meal and len(served) < _WHOLE_DAY:
        low = min(low, sum(row.by_meal[meal] for meal in served))
    if low is not None and row.kind in _KINDS and row.per is Per.WEEK and school_days < SCHOOL_WEEK:
        low = math.ceil(low * max(school_days, 0) / SCHOOL_WEEK)
    return Target(row.key, row.kind, row.of, row.per, low, row.high, row.weight, row.verified)
