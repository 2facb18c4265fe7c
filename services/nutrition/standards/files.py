"""The schema of a standard's file (data/standards/README.md), and the reader that names every hole in one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.nutrition.foods.domain import Nutrient
from services.nutrition.standards.domain import Per, TargetKind
from shared.fields import AgeBand, Code, Id, Meal, Name, Sex

Permille = Annotated[int, Field(ge=0, le=20_000)]
Weight = Annotated[float, Field(ge=0, le=100)]
Amount = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Range = tuple[Amount, Amount]
Verified = Annotated[str, Field(min_length=1, max_length=400)]
Mealtimes = Literal["1", "2", "3"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Share(_Part):
    """Which part of the day's needs meals carry, in 1/1000: of each meal, or by how many meals are served."""

    by_meal: dict[Meal, "LowHigh"] = {}
    by_count: dict[Mealtimes, Permille] = {}
    verified: Verified

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.by_meal) == bool(self.by_count):
            raise ValueError("shares stand either by meal or by count of meals")
        return self


class LowHigh(_Part):
    """A range in 1/1000, both ends included."""

    low: Permille
    high: Permille

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError("low is above high")
        return self


class ByBand(_Part):
    """Bounds of what the meals hold, one a band; null is no bound."""

    low: list[Amount] | None
    high: list[Amount] | None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low and self.high and any(low > high for low, high in zip(self.low, self.high, strict=False)):
            raise ValueError("low is above high")
        return self


class NutrientRow(_Part):
    """A nutrient: the day's need by sex and band, of which meals carry their share, or a range for the meals."""

    of: Nutrient
    daily: dict[Sex, list[Amount]] | None = None
    range: ByBand | None = None
    low_permille: Permille = 1000
    high_permille: Permille | None = None
    weight: Weight
    verified: Verified

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.daily is None) == (self.range is None):
            raise ValueError("a nutrient has either daily needs or a range")
        if self.daily is not None and set(self.daily) != set(Sex):
            raise ValueError("daily needs are given for m and f")
        return self


class EnergyShareRow(_Part):
    """1/1000 of the energy that comes from fat or carbohydrate."""

    of: Literal["fat_g", "carbohydrate_g"]
    low: Permille
    high: Permille
    weight: Weight
    verified: Verified


class GroupRow(_Part):
    """g of a food group by meal and band, and for a day with every meal; `bounds` says which ends are targets."""

    group: Code
    by_meal: dict[Meal, list[Range]]
    day: list[Range] | None
    bounds: Literal["low", "high", "both"]
    weight: Weight
    verified: Verified

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for ranges in (*self.by_meal.values(), self.day or []):
            if any(low > high for low, high in ranges):
                raise ValueError("low is above high")
        return self


class Counted(_Part):
    """A food counts in a group with 1/1000 of its raw edible weight."""

    group: Code
    permille: Annotated[int, Field(gt=0, le=20_000)]


class CountsAs(_Part):
    """Which food group, or which food by itself, counts in which of the standard's groups."""

    food_groups: dict[Code, Counted]
    foods: dict[Code, Counted]
    verified: Verified


class RuleRow(_Part):
    """A variety rule. `by_meals` says, in 1/1000, what of it one, two or three meals a day should hold."""

    key: Code
    kind: TargetKind
    of: Code
    per: Per
    low: Amount
    by_meals: dict[Mealtimes, Permille] | None = None
    weight: Weight
    verified: Verified


class Noted(_Part):
    """A fact of the standard that no target expresses."""

    key: Code
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    verified: Verified


class StandardFile(_Part):
    """A standard as its file says it."""

    standard_id: Id
    name_zh: Name
    name_en: Name
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    in_force_from: date
    source: Annotated[str, Field(min_length=1, max_length=400)]
    age_bands: list[AgeBand] = Field(min_length=1)
    meals: list[Meal] = Field(min_length=1)
    share: Share
    nutrients_from: Id | None = None
    nutrients: list[NutrientRow]
    energy_shares: list[EnergyShareRow]
    groups: list[GroupRow]
    counts_as: CountsAs
    meal_groups: list[list[Code]]
    kinds_exclude: list[Code]
    rules: list[RuleRow]
    noted: list[Noted]

    @model_validator(mode="after")
    def _no_hole(self) -> Self:
        for path, numbers in self._by_band():
            if len(numbers) != len(self.age_bands):
                raise ValueError(f"{path} has {len(numbers)} numbers for {len(self.age_bands)} age bands")
        missing = set(self.meals) - set(self.share.by_meal) if self.share.by_meal else set()
        missing |= {meal for row in self.groups for meal in self.meals if meal not in row.by_meal}
        if missing:
            raise ValueError(f"nothing is said of {', '.join(sorted(missing))}")
        if not self.nutrients and self.nutrients_from is None:
            raise ValueError("there are no nutrients, and no standard named to take them from")
        groups = {row.group for row in self.groups}
        lacking = groups - {c.group for c in (*self.counts_as.food_groups.values(), *self.counts_as.foods.values())}
        if lacking:
            raise ValueError(f"no food counts in {', '.join(sorted(lacking))}")
        return self

    def _by_band(self) -> list[tuple[str, Sequence[object]]]:
        found: list[tuple[str, Sequence[object]]] = []
        for row in self.nutrients:
            found += [(f"nutrients.{row.of}.daily.{sex}", needs) for sex, needs in (row.daily or {}).items()]
            bounds = (row.range.low, row.range.high) if row.range else ()
            found += [(f"nutrients.{row.of}.range", numbers) for numbers in bounds if numbers is not None]
        for group in self.groups:
            found += [(f"groups.{group.group}.by_meal.{meal}", ranges) for meal, ranges in group.by_meal.items()]
            found += [(f"groups.{group.group}.day", group.day)] if group.day is not None else []
        return found


@dataclass(frozen=True, slots=True)
class Hole:
    """Why a file was not taken: where in it, and the rule it breaks."""

    file: str
    path: str
    rule: str
    detail: str


def read_file(path: Path) -> StandardFile | Hole:
    """Return the standard of a file, or the first thing wrong with it."""
    try:
        return StandardFile.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        return Hole(path.name, ".".join(str(part) for part in first["loc"]), first["type"], first["msg"])
    except UnicodeDecodeError as error:
        return Hole(path.name, f"byte {error.start}", "utf-8", "the file is not UTF-8")
    except json.JSONDecodeError as error:
        return Hole(path.name, f"line {error.lineno} column {error.colno}", "json", error.msg)
