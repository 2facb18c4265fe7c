"""Bodies and answers of the foods' routes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.fields import Code, FenPerKg, Name, TemperatureClass
from shared.routing import Input

EXAMPLE: dict[str, JsonValue] = {
    "food_code": "cauliflower",
    "name_zh": "花菜",
    "name_en": "Cauliflower",
    "food_group": "vegetable",
    "edible_permille": 820,
    "temperature_class": "ambient",
    "shelf_life_days": 7,
    "allergens": [],
    "canteen_ban": False,
    "farmed": True,
    "reference_price_fen_per_kg": 480,
}


class FoodRow(Input):
    """A food; `edible_permille` is the Chinese edible fraction (domain.md §3), at least a twentieth of the weight."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    food_code: Code
    name_zh: Name
    name_en: Name
    food_group: Code
    edible_permille: Annotated[int, Field(ge=50, le=1000, description="1/1000")]
    temperature_class: TemperatureClass
    shelf_life_days: Annotated[int, Field(ge=0, le=3650)]
    allergens: list[Code] = Field(max_length=20)
    canteen_ban: bool = Field(description="must not be served in school canteens")
    farmed: bool = Field(description="grown or raised nearby, so cooperatives can offer it")
    reference_price_fen_per_kg: FenPerKg | None = None


class FoodRead(BaseModel):
    """A food as it is known here."""

    food_code: str
    name_zh: str
    name_en: str
    food_group: str
    edible_permille: int
    temperature_class: TemperatureClass
    shelf_life_days: int
    allergens: list[str]
    canteen_ban: bool
    farmed: bool
    reference_price_fen_per_kg: int | None
    version: int
