"""From a standard to what it asks of one canteen: weighted by who eats, cut to the meals it serves (ADR 11)."""

from collections.abc import Iterable, Mapping, Sequence

from services.nutrition.standards.domain import Equivalent, Per, Requirement, Target, TargetKind
from services.nutrition.standards.files import Counted, GroupRow, Mealtimes, NutrientRow, RuleRow
from services.nutrition.standards.library import Standard
from shared.errors import DomainError
from shared.fields import AgeBand, Meal, Sex

Heads = Mapping[tuple[AgeBand, Sex], int]
_WHOLE_DAY = len(Meal)


def requirement_of(standard: Standard, heads: Heads, meals: Iterable[Meal]) -> Requirement:
    """Return what a standard asks for an average child of `heads` who eats `meals` every school day.

    Raises DomainError: nobody eats, an age band the standard says nothing of, a meal it says nothing of.
    """
    served = tuple(meal for meal in Meal if meal in set(meals))
    _check(standard, heads, served)
    share_low, share_high = _share(standard, served)
    targets = [_nutrient(standard, row, heads, share_low, share_high) for row in standard.nutrients]
    targets += [
        Target(f"{row.of}_energy", TargetKind.ENERGY_SHARE, row.of, Per.MEAN_DAY, row.low, row.high, row.weight, v)
        for row in standard.file.energy_shares
        for v in (row.verified,)
    ]
    targets += [_group(standard, row, heads, served) for row in standard.file.groups]
    targets += [_rule(row, len(served)) for row in standard.file.rules]
    counts = standard.file.counts_as
    return Requirement(
        standard_id=standard.standard_id,
        meals=served,
        targets=tuple(targets),
        by_food=_equivalents(counts.foods),
        by_food_group=_equivalents(counts.food_groups),
        meal_groups=tuple(frozenset(family) for family in standard.file.meal_groups),
        kinds_exclude=frozenset(standard.file.kinds_exclude),
    )


def _check(standard: Standard, heads: Heads, served: Sequence[Meal]) -> None:
    if sum(heads.values()) <= 0 or min(heads.values()) < 0:
        raise DomainError("headcount-zero", "nobody eats", field="headcounts")
    for (band, _), pupils in heads.items():
        if pupils and band not in standard.file.age_bands:
            raise DomainError("age-not-in-standard", f"{standard.standard_id} knows no age {band}", field="headcounts")
    unknown = [meal for meal in served if meal not in standard.file.meals]
    if unknown or not served:
        said = f"says nothing of {unknown[0]}" if unknown else "asks nothing where no meal is served"
        raise DomainError("meal-not-in-standard", f"{standard.standard_id} {said}", field="meals")


def _share(standard: Standard, served: Sequence[Meal]) -> tuple[float, float]:
    """Return which part of a day's needs the meals carry, at least and at most; all three carry the whole day."""
    share = standard.file.share
    if share.by_count:
        part = share.by_count[_count(len(served))] / 1000
        return part, part
    if len(served) == _WHOLE_DAY:
        return 1.0, 1.0
    parts = [share.by_meal[meal] for meal in served]
    return sum(part.low for part in parts) / 1000, sum(part.high for part in parts) / 1000


def _count(meals: int) -> Mealtimes:
    return ("1", "2", "3")[meals - 1]


def _mean(standard: Standard, heads: Heads, amount: Mapping[Sex, Sequence[float]]) -> float:
    """Return the headcount-weighted mean of amounts by sex and band."""
    bands = standard.file.age_bands
    eaten = sum(pupils * amount[sex][bands.index(band)] for (band, sex), pupils in heads.items() if pupils)
    return eaten / sum(heads.values())


def _mean_of_both(standard: Standard, heads: Heads, by_band: Sequence[float]) -> float:
    """Return the headcount-weighted mean of amounts that are the same for both sexes."""
    return _mean(standard, heads, {sex: by_band for sex in Sex})


def _nutrient(standard: Standard, row: NutrientRow, heads: Heads, share_low: float, share_high: float) -> Target:
    low: float | None = None
    high: float | None = None
    if row.daily is not None:
        need = _mean(standard, heads, row.daily)
        low = need * share_low * row.low_permille / 1000
        high = None if row.high_permille is None else need * share_high * row.high_permille / 1000
    elif row.range is not None:
        low = None if row.range.low is None else _mean_of_both(standard, heads, row.range.low)
        high = None if row.range.high is None else _mean_of_both(standard, heads, row.range.high)
    return Target(row.of, TargetKind.NUTRIENT, row.of, Per.MEAN_DAY, low, high, row.weight, row.verified)


def _group(standard: Standard, row: GroupRow, heads: Heads, served: Sequence[Meal]) -> Target:
    tables = [row.day] if row.day is not None and len(served) == _WHOLE_DAY else [row.by_meal[meal] for meal in served]
    ends = [
        sum(_mean_of_both(standard, heads, [amounts[end] for amounts in table]) for table in tables) for end in (0, 1)
    ]
    low = ends[0] if row.bounds in ("low", "both") else None
    high = ends[1] if row.bounds in ("high", "both") else None
    key = f"{row.group}_g"
    return Target(key, TargetKind.GROUP_G, row.group, Per.MEAN_DAY, low, high, row.weight, row.verified)


def _rule(row: RuleRow, meals: int) -> Target:
    low = row.low if row.by_meals is None else row.low * row.by_meals[_count(meals)] / 1000
    return Target(row.key, row.kind, row.of, row.per, low, None, row.weight, row.verified)


def _equivalents(counts: Mapping[str, Counted]) -> dict[str, Equivalent]:
    return {code: Equivalent(counted.group, counted.permille) for code, counted in counts.items()}
