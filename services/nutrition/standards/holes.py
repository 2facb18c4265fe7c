"""The reader of a standard's file, which names every hole and every piece of nonsense in it: file, path and rule."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from services.nutrition.foods.domain import Nutrient
from services.nutrition.standards.domain import TargetKind
from services.nutrition.standards.files import NutrientRow, StandardFile

MOST_HOLES = 100
"""So many of one file are listed: a file that is no standard at all would fill pages."""
Problem = tuple[str, str, str]
"""Path in the file, rule, and what is wrong."""
_OF_GROUPS = {TargetKind.GROUP_G, TargetKind.GROUP_KINDS, TargetKind.DARK_SHARE}
PLAUSIBLE: dict[Nutrient, tuple[float, float]] = {
    Nutrient.ENERGY_KCAL: (50, 6_000),
    Nutrient.PROTEIN_G: (1, 300),
    Nutrient.FAT_G: (1, 300),
    Nutrient.CARBOHYDRATE_G: (5, 1_000),
    Nutrient.FIBRE_G: (1, 100),
    Nutrient.CALCIUM_MG: (20, 5_000),
    Nutrient.IRON_MG: (0.5, 100),
    Nutrient.ZINC_MG: (0.5, 100),
    Nutrient.SODIUM_MG: (50, 10_000),
    Nutrient.VITAMIN_A_UG_RAE: (20, 5_000),
    Nutrient.THIAMIN_MG: (0.05, 50),
    Nutrient.RIBOFLAVIN_MG: (0.05, 50),
    Nutrient.VITAMIN_C_MG: (2, 2_000),
}
"""What a child's meal or day can possibly be asked to hold: beyond it a unit was mistaken. A bound of this project."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Why a file was not taken: where in it, and the rule it breaks."""

    file: str
    path: str
    rule: str
    detail: str


def read_file(path: Path) -> StandardFile | list[Hole]:
    """Return the standard of a file, or everything wrong with it."""
    try:
        said = json.loads(
            path.read_bytes().decode("utf-8-sig"), object_pairs_hook=_each_key_once, parse_constant=_no_number
        )
        file = StandardFile.model_validate(said)
    except ValidationError as error:
        problems = [(_path(one["loc"]), one["type"], one["msg"]) for one in error.errors()]
    except UnicodeDecodeError as error:
        problems = [(f"byte {error.start}", "utf-8", "the file is not UTF-8")]
    except json.JSONDecodeError as error:
        problems = [(f"line {error.lineno} column {error.colno}", "json", error.msg)]
    except _NotSaid as error:
        problems = [error.problem]
    except (OSError, RecursionError) as error:
        problems = [("", "unreadable", type(error).__name__)]
    else:
        problems = [problem for look in LOOKS for problem in look(file)]
        if file.standard_id != path.stem:
            problems.append(("standard_id", "file-name", f"{file.standard_id} stands in {file.standard_id}.json"))
        if not problems:
            return file
    return [Hole(path.name, *problem) for problem in problems[:MOST_HOLES]]


def _path(place: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in place)


class _NotSaid(ValueError):
    """Something JSON can write and nobody can mean."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem[2])
        self.problem = problem


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise _NotSaid((twice, "twice", f"{twice} stands twice in one object"))
    return dict(pairs)


def _no_number(constant: str) -> float:
    raise _NotSaid(("", "json", f"{constant} is no number"))


def _ages(file: StandardFile) -> Iterator[Problem]:
    """Bands follow each other without overlapping or leaving an age out; an age band of canteens is in one of them."""
    for place, band in enumerate(file.bands):
        if band.from_age > band.to_age:
            yield f"bands.{place}", "reversed", f"from {band.from_age} to {band.to_age}"
    for place, (one, other) in enumerate(pairwise(file.bands), start=1):
        if other.from_age <= one.to_age:
            yield f"bands.{place}.from_age", "overlapping", f"{other.name} begins within {one.name}"
        elif other.from_age > one.to_age + 1:
            yield f"bands.{place}.from_age", "hole", f"nothing is said of age {one.to_age + 1}"
    for (_, one), (place, other) in combinations(enumerate(file.bands), 2):
        for both in sorted(set(one.age_bands) & set(other.age_bands)):
            yield f"bands.{place}.age_bands", "twice", f"{both} stands in {one.name} as well"


def _lists(file: StandardFile) -> list[tuple[str, Sequence[Any]]]:
    """Return every list that has a number a band, with its path."""
    found: list[tuple[str, Sequence[Any]]] = []
    for place, row in enumerate(file.nutrients):
        found += [(f"nutrients.{place}.daily.{sex}", needs) for sex, needs in (row.daily or {}).items()]
        bounds = {"low": row.range.low, "high": row.range.high} if row.range else {}
        found += [(f"nutrients.{place}.range.{end}", numbers) for end, numbers in bounds.items() if numbers is not None]
    for place, group in enumerate(file.groups):
        found += [(f"groups.{place}.by_meal.{meal}", ranges) for meal, ranges in group.by_meal.items()]
        whole = {"day": group.day, "week": group.week}
        found += [(f"groups.{place}.{name}", ranges) for name, ranges in whole.items() if ranges is not None]
    return found


def _numbers(file: StandardFile) -> Iterator[Problem]:
    """Every list has a number for every band, and no range is upside down."""
    for path, numbers in _lists(file):
        if len(numbers) != len(file.bands):
            yield path, "hole", f"{len(numbers)} numbers for {len(file.bands)} bands"
        for place, number in enumerate(numbers):
            if isinstance(number, tuple) and number[0] > number[1]:
                yield f"{path}.{place}", "reversed", f"{number[0]} is above {number[1]}"
    for place, row in enumerate(file.nutrients):
        if row.range and row.range.low and row.range.high:
            for band, (low, high) in enumerate(zip(row.range.low, row.range.high, strict=False)):
                if low > high:
                    yield f"nutrients.{place}.range.low.{band}", "reversed", f"{low} is above {high}"
    ends = [(f"share.by_meal.{meal}", share.low, share.high) for meal, share in file.share.by_meal.items()]
    ends += [(f"energy_shares.{place}", row.low, row.high) for place, row in enumerate(file.energy_shares)]
    for path, low, high in ends:
        if low > high:
            yield path, "reversed", f"{low} is above {high}"


def _nutrients(file: StandardFile) -> Iterator[Problem]:
    """A nutrient has needs by sex or a range, possible ones, and stands once for any day."""
    if not file.nutrients and file.nutrients_from is None:
        yield "nutrients", "hole", "there are no nutrients, and no standard named to take them from"
    for place, row in enumerate(file.nutrients):
        path = f"nutrients.{place}"
        if (row.daily is None) == (row.range is None):
            yield path, "hole", "either daily needs or a range"
        elif row.daily is not None and len(row.daily) != 2:
            yield f"{path}.daily", "hole", "needs for m and for f"
        bounded = (row.range.low, row.range.high) if row.range else (row.low_permille, row.high_permille)
        if bounded == (None, None):
            yield path, "hole", "it has no bound on either side"
        if row.from_day and row.until_day and row.from_day > row.until_day:
            yield f"{path}.until_day", "reversed", f"{row.until_day} is before {row.from_day}"
        low, high = PLAUSIBLE[row.of]
        asked = [number for where, numbers in _lists(file) if where.startswith(f"{path}.") for number in numbers]
        for number in asked:
            if not low <= number <= high:
                yield path, "absurd", f"{number} of {row.of}: a child can be asked {low:g} to {high:g}"
    for (_, one), (place, other) in combinations(enumerate(file.nutrients), 2):
        if one.of is other.of and _meet(one, other):
            yield f"nutrients.{place}.of", "overlapping", f"{other.of} stands twice for the same days"


def _meet(one: NutrientRow, other: NutrientRow) -> bool:
    """Whether there is a day on which both rows hold."""
    first = max((row.from_day for row in (one, other) if row.from_day), default=None)
    last = min((row.until_day for row in (one, other) if row.until_day), default=None)
    return first is None or last is None or first <= last


def _meals(file: StandardFile) -> Iterator[Problem]:
    """What the standard says of meals it says of all its meals."""
    if bool(file.share.by_meal) == bool(file.share.by_count):
        yield "share", "hole", "shares stand either by meal or by count of meals"
    elif file.share.by_meal:
        for meal in sorted(set(file.meals) - set(file.share.by_meal)):
            yield f"share.by_meal.{meal}", "hole", f"nothing is said of {meal}"
    else:
        for count in range(1, len(file.meals) + 1):
            if str(count) not in file.share.by_count:
                yield f"share.by_count.{count}", "hole", f"nothing is said of {count} meals"
    for place, row in enumerate(file.groups):
        if bool(row.by_meal) == bool(row.week):
            yield f"groups.{place}", "hole", "amounts stand either by meal or by week"
        for meal in sorted(set(file.meals) - set(row.by_meal)) if row.by_meal else ():
            yield f"groups.{place}.by_meal.{meal}", "hole", f"nothing is said of {meal}"
    for place, rule in enumerate(file.rules):
        if rule.low is None and rule.high is None:
            yield f"rules.{place}", "hole", "it has no bound on either side"
        if rule.low is not None and rule.high is not None and rule.low > rule.high:
            yield f"rules.{place}", "reversed", f"{rule.low} is above {rule.high}"
        for meal in sorted(set(file.meals) - set(rule.by_meal)) if rule.by_meal else ():
            yield f"rules.{place}.by_meal.{meal}", "hole", f"nothing is said of {meal}"


def _groups(file: StandardFile) -> Iterator[Problem]:
    """Every group has foods that count in it, every name of a group is one, and no key stands twice."""
    counted = {one.group for one in (*file.counts_as.food_groups.values(), *file.counts_as.foods.values())}
    for place, row in enumerate(file.groups):
        if not row.foods and row.group not in counted:
            yield f"groups.{place}.group", "hole", f"no food counts in {row.group}"
    for place, equivalent in enumerate(file.equivalents.rows):
        if equivalent.group not in counted:
            yield f"equivalents.rows.{place}.group", "unknown-group", f"no food counts in {equivalent.group}"
    for place, family in enumerate(file.meal_groups.families):
        for name in family:
            if name not in counted:
                yield f"meal_groups.families.{place}", "unknown-group", f"no food counts in {name}"
    for place, rule in enumerate(file.rules):
        if rule.kind in _OF_GROUPS and rule.of not in counted:
            yield f"rules.{place}.of", "unknown-group", f"no food counts in {rule.of}"
    keys = [f"groups.{row.group}" for row in file.groups] + [f"rules.{rule.key}" for rule in file.rules]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield key, "twice", f"{key.partition('.')[2]} stands twice"


LOOKS: tuple[Callable[[StandardFile], Iterator[Problem]], ...] = (_ages, _numbers, _nutrients, _meals, _groups)
