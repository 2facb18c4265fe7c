"""Bodies and answers of the foods' routes. Blank or left out is unknown, never zero."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from services.nutrition.foods.domain import PER_UNIT, Match, Nutrient
from shared.bulk import Imported, Refusal
from shared.fields import Code, FenPerKg, Instant, Name, TemperatureClass
from shared.routing import Input

EXAMPLE: dict[str, JsonValue] = {
    "food_code": "cauliflower",
    "name_zh": "花菜",
    "name_en": "Cauliflower",
    "food_group": "vegetable",
    "energy_kcal": 25,
    "protein_g": 1.92,
    "fat_g": 0.28,
    "carbohydrate_g": 4.97,
    "fibre_g": 2,
    "calcium_mg": 22,
    "iron_mg": 0.42,
    "zinc_mg": 0.27,
    "sodium_mg": 30,
    "vitamin_a_ug_rae": 0,
    "thiamin_mg": 0.05,
    "riboflavin_mg": 0.06,
    "vitamin_c_mg": 48.2,
    "composition_source": "USDA SR28, NDB 11135: Cauliflower, raw",
    "composition_match": "exact",
    "dark_vegetable": False,
    "allergens": [],
    "canteen_ban": False,
    "edible_permille": 820,
    "edible_source": "memory (China Food Composition Tables), unverified",
    "temperature_class": "ambient",
    "shelf_life_days": 7,
    "farmed": True,
    "season_from_month": 10,
    "season_to_month": 5,
    "reference_price_fen_per_kg": 480,
}
MOST_MACRONUTRIENTS_G = 101
"""100 g hold at most 100 g; a gram more for rounding."""


def _kept(amount: float) -> float:
    return round(amount, 3) + 0.0  # -0.0 is written differently, and is no other amount.


def _one_line(text: str) -> str:
    return " ".join(text.split())  # One line of a file is one food.


_KEPT, _ONE_LINE = AfterValidator(_kept), AfterValidator(_one_line)
Line = Annotated[Name, _ONE_LINE]
Source = Annotated[Name, StringConstraints(max_length=400), _ONE_LINE]
Note = Annotated[Name, StringConstraints(max_length=1000), _ONE_LINE]
Month = Annotated[int, Field(ge=1, le=12, description="1 to 12")]
Energy = Annotated[float, Field(ge=0, le=950, allow_inf_nan=False, description="kcal per 100 g edible"), _KEPT]
GramsIn100 = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False, description="g per 100 g edible"), _KEPT]
Mineral = Annotated[float, Field(ge=0, le=40_000, allow_inf_nan=False, description="mg per 100 g edible"), _KEPT]
Trace = Annotated[float, Field(ge=0, le=1_000, allow_inf_nan=False, description="mg per 100 g edible"), _KEPT]
VitaminA = Annotated[
    float, Field(ge=0, le=50_000, allow_inf_nan=False, description="µg retinol activity equivalents per 100 g"), _KEPT
]
VitaminB = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False, description="mg per 100 g edible"), _KEPT]
VitaminC = Annotated[float, Field(ge=0, le=5_000, allow_inf_nan=False, description="mg per 100 g edible"), _KEPT]


class Composition(Input):
    """What 100 g of the edible part hold, to a thousandth; no food holds more than the bounds."""

    energy_kcal: Energy | None = None
    protein_g: GramsIn100 | None = None
    fat_g: GramsIn100 | None = None
    carbohydrate_g: GramsIn100 | None = Field(default=None, validate_default=True)
    fibre_g: GramsIn100 | None = None
    calcium_mg: Mineral | None = None
    iron_mg: Trace | None = None
    zinc_mg: Trace | None = None
    sodium_mg: Mineral | None = None
    vitamin_a_ug_rae: VitaminA | None = None
    thiamin_mg: VitaminB | None = None
    riboflavin_mg: VitaminB | None = None
    vitamin_c_mg: VitaminC | None = None

    @property
    def composition(self) -> dict[Nutrient, int]:
        """The known amounts in 1/1000 of their units."""
        amounts = {nutrient: getattr(self, nutrient.value) for nutrient in Nutrient}
        return {nutrient: round(amount * PER_UNIT) for nutrient, amount in amounts.items() if amount is not None}


class FoodValues(Composition):
    """Everything that can be said of a food."""

    food_code: Code
    name_zh: Line
    name_en: Line
    food_group: Code
    composition_source: Source | None = None
    composition_match: Match | None = None
    dark_vegetable: bool | None = None
    allergens: list[Code] = Field(max_length=20)
    canteen_ban: bool = Field(description="must not be served in school canteens")
    canteen_rule: Source | None = Field(
        default=None, description="what the ban, or the care to take, is; and its source"
    )
    edible_permille: Annotated[int, Field(ge=50, le=1000, description="1/1000")]
    edible_source: Source | None = None
    temperature_class: TemperatureClass | None = None
    shelf_life_days: Annotated[int, Field(ge=0, le=3650)] | None = Field(default=None, validate_default=True)
    farmed: bool | None = Field(default=None, description="grown or raised nearby, so cooperatives can offer it")
    season_from_month: Month | None = None
    season_to_month: Month | None = Field(default=None, validate_default=True)
    supply_source: Source | None = Field(default=None, description="of temperature class, shelf life, season and price")
    reference_price_fen_per_kg: FenPerKg | None = None
    note: Note | None = None


class FoodRow(FoodValues):
    """A food; what is left out is unknown.

    `edible_permille` is the Chinese edible fraction (domain.md §3), at least a twentieth of the weight. A food without
    temperature class and shelf life can be analysed, not bought.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    @field_validator("carbohydrate_g")
    @classmethod
    def _at_most_all_of_it(cls, carbohydrate_g: float | None, info: ValidationInfo) -> float | None:
        parts = (info.data.get("protein_g"), info.data.get("fat_g"), carbohydrate_g)
        total = sum(part for part in parts if part is not None)
        if total > MOST_MACRONUTRIENTS_G:
            detail = f"protein, fat and carbohydrate are {total:g} g of 100 g"
            raise PydanticCustomError("more-than-all", "{detail}", {"detail": detail})
        return carbohydrate_g

    @field_validator("allergens")
    @classmethod
    def _each_once(cls, allergens: list[str]) -> list[str]:
        return sorted(set(allergens))

    @field_validator("shelf_life_days")
    @classmethod
    def _both_or_neither(cls, days: int | None, info: ValidationInfo) -> int | None:
        if "temperature_class" in info.data and (days is None) != (info.data["temperature_class"] is None):
            raise PydanticCustomError("keeping-half-known", "temperature class and shelf life go together")
        return days

    @field_validator("season_to_month")
    @classmethod
    def _both_ends(cls, to_month: int | None, info: ValidationInfo) -> int | None:
        if "season_from_month" in info.data and (to_month is None) != (info.data["season_from_month"] is None):
            raise PydanticCustomError("season-half-open", "a season has a first and a last month")
        return to_month


class Overridden(BaseModel):
    """A value in which a county differs from the shared table, with its source; `shared` is what the table says."""

    field: str
    shared: JsonValue
    source: str


class FoodRead(FoodValues):
    """A food as it is known here, or as a county knows it; null is unknown.

    A county's values were possible with the shared ones of their day, and are shown as they are.
    """

    model_config = ConfigDict(extra="ignore")

    version: int
    overridden: list[Overridden] = Field(default_factory=list)


class FoodVersionRead(BaseModel):
    """What was said of a food under one version."""

    version: int
    said_at: Instant
    food: FoodValues


class FoodsImported(Imported):
    """What became of the rows; `warned` rows were taken, but ask for a second look."""

    warned: list[Refusal] = Field(default_factory=list)
