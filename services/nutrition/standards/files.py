"""What a standard's file may say (data/standards/README.md explains it); `holes.py` looks for what it says wrongly."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt

from services.nutrition.foods.domain import Nutrient
from services.nutrition.standards.domain import Per, TargetKind
from shared.fields import AgeBand, Code, Id, Meal, Name, Sex

Permille = Annotated[int, Field(strict=True, ge=0, le=20_000)]
Weight = Annotated[StrictInt | StrictFloat, Field(ge=0, le=100)]
Amount = Annotated[StrictInt | StrictFloat, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Range = tuple[Amount, Amount]
Verified = Annotated[str, Field(min_length=1, max_length=400)]
Words = Annotated[str, Field(min_length=1, max_length=1000)]
Mealtimes = Literal["1", "2", "3"]
Age = Annotated[int, Field(strict=True, ge=0, le=30)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Band(_Part):
    """A band of the standard: ages in whole years, both included, and the canteens' age bands it stands for."""

    name: Name
    from_age: Age
    to_age: Age
    age_bands: list[AgeBand] = Field(min_length=1)


class LowHigh(_Part):
    """A range in 1/1000, both ends included."""

    low: Permille
    high: Permille


class Share(_Part):
    """Which part of the day's needs meals carry, in 1/1000: of each meal, or by how many meals are served."""

    by_meal: dict[Meal, LowHigh] = {}
    by_count: dict[Mealtimes, Permille] = {}
    verified: Verified


class ByBand(_Part):
    """Bounds of what the meals hold, one a band; null is no bound."""

    low: list[Amount] | None
    high: list[Amount] | None


class NutrientRow(_Part):
    """A nutrient: the day's need by sex and band, of which meals carry their share, or a range for the meals.

    The permille are the tolerance on the need; null is no bound on that side. It holds from `from_day` to `until_day`.
    """

    of: Nutrient
    daily: dict[Sex, list[Amount]] | None = None
    range: ByBand | None = None
    low_permille: Permille | None = 1000
    high_permille: Permille | None = None
    from_day: date | None = None
    until_day: date | None = None
    weight: Weight
    verified: Verified


class EnergyShareRow(_Part):
    """1/1000 of the energy that comes from protein, fat or carbohydrate."""

    of: Literal["protein_g", "fat_g", "carbohydrate_g"]
    low: Permille
    high: Permille
    weight: Weight
    verified: Verified


class Unit(_Part):
    """What amounts are counted in, and how many g of raw edible food (in the group's equivalents) one is."""

    name: Name
    g: Annotated[StrictInt | StrictFloat, Field(gt=0, le=1000)]
    verified: Verified


class GroupRow(_Part):
    """Amounts of a food group: by meal, for a day with every meal (`day`), or for a school week of five days (`week`).

    In g unless there is a `unit`; one range a band. `bounds` says which ends are targets. With `foods` the group is
    those foods by raw edible weight, within another group or across groups.
    """

    group: Code
    by_meal: dict[Meal, list[Range]] = {}
    day: list[Range] | None = None
    week: list[Range] | None = None
    unit: Unit | None = None
    foods: list[Code] = []
    bounds: Literal["low", "high", "both"]
    weight: Weight
    verified: Verified


class Counted(_Part):
    """A food counts in a group with 1/1000 of its raw edible weight; 0 is not at all."""

    group: Code
    permille: Permille


class CountsAs(_Part):
    """Which food group, or which food by itself, counts in which of the standard's groups; goes before equivalents."""

    food_groups: dict[Code, Counted]
    foods: dict[Code, Counted]
    verified: Words


class EquivalentRow(_Part):
    """`item_g` of the item stand for `anchor_g` of the anchor (the table of equivalents a standard prints).

    `weighed` says of what the item's weight is: `edible` raw edible food, which counts by it; `as_bought` with what is
    thrown away, so that its edible part counts whole; `cooked`, to be read, as recipes are raw.
    """

    group: Code
    anchor: Name
    anchor_g: Annotated[int, Field(strict=True, gt=0, le=1000)]
    anchor_foods: list[Code] = []
    item: Name
    item_g: Annotated[int, Field(strict=True, gt=0, le=5000)]
    weighed: Literal["edible", "as_bought", "cooked"]
    foods: list[Code] = []

    @property
    def permille(self) -> int | None:
        """With how much of its raw edible weight the item counts, None where its weight is not that."""
        return None if self.weighed == "cooked" else self._edible_permille

    @property
    def _edible_permille(self) -> int:
        return 1000 if self.weighed == "as_bought" else round(1000 * self.anchor_g / self.item_g)


class Equivalents(_Part):
    """The standard's own table of equivalents, raw and cooked."""

    rows: list[EquivalentRow] = []
    verified: Verified


class RuleRow(_Part):
    """A rule of variety; `by_meal` says how much of `low` each meal holds where not every meal is served.

    `of` names a group, a food group, a food or a set of `sets`.
    """

    key: Code
    kind: TargetKind
    of: Code
    per: Per
    low: Amount | None
    high: Amount | None = None
    by_meal: dict[Meal, Amount] = {}
    weight: Weight
    verified: Verified


class Kinds(_Part):
    """Food groups, and foods by themselves, that are no kind of food: what only seasons a dish."""

    exclude_food_groups: list[Code]
    exclude_foods: list[Code]
    verified: Verified


class MealGroups(_Part):
    """The families of which a meal holds some; each a set of the standard's groups."""

    families: list[list[Code]]
    verified: Verified


class Ban(_Part):
    """Foods that may not be served at all where the standard holds."""

    foods: list[Code] = Field(min_length=1)
    text: Words
    verified: Verified


class Noted(_Part):
    """A fact of the standard that no target expresses."""

    key: Code
    text: Words
    verified: Verified


class StandardFile(_Part):
    """A standard as its file says it. Every list of numbers has one for each of `bands`, in that order."""

    standard_id: Id
    name_zh: Name
    name_en: Name
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    in_force_from: date
    source: Annotated[str, Field(min_length=1, max_length=400)]
    bands: list[Band] = Field(min_length=1)
    bands_verified: Verified
    meals: list[Meal] = Field(min_length=1)
    share: Share
    nutrients_from: Id | None = None
    nutrients: list[NutrientRow]
    energy_shares: list[EnergyShareRow]
    groups: list[GroupRow]
    counts_as: CountsAs
    equivalents: Equivalents
    meal_groups: MealGroups
    kinds: Kinds
    sets: dict[Code, list[Code]] = {}
    rules: list[RuleRow]
    bans: list[Ban]
    noted: list[Noted]
