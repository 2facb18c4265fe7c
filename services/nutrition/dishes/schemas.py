"""Bodies and answers of the dishes' routes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from shared.fields import Code, Name
from shared.routing import Input

EXAMPLE: dict[str, JsonValue] = {
    "dish_code": "V07",
    "name_zh": "清炒花菜",
    "name_en": "Stir-fried cauliflower",
    "category": "vegetable",
    "ingredients": [{"food_code": "cauliflower", "portion_mg": 100_000}, {"food_code": "salt", "portion_mg": 800}],
}


class IngredientRow(Input):
    """Milligrams of a raw edible food in a portion for ages 9 to 11, at most 2 kg."""

    food_code: Code
    portion_mg: Annotated[int, Field(gt=0, le=2_000_000, description="mg")]


class DishRow(Input):
    """A dish; each food once."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    dish_code: Code
    name_zh: Name
    name_en: Name
    category: Code
    ingredients: list[IngredientRow] = Field(min_length=1, max_length=40)

    @field_validator("ingredients")
    @classmethod
    def _each_food_once(cls, ingredients: list[IngredientRow]) -> list[IngredientRow]:
        if len({ingredient.food_code for ingredient in ingredients}) < len(ingredients):
            raise ValueError("a food stands in a dish once")
        return sorted(ingredients, key=lambda ingredient: ingredient.food_code)


class IngredientRead(BaseModel):
    """An ingredient."""

    food_code: str
    portion_mg: int


class DishListed(BaseModel):
    """A dish, without its ingredients."""

    dish_code: str
    version: int
    name_zh: str
    name_en: str
    category: str


class DishRead(DishListed):
    """A dish with what follows from its ingredients; `banned_foods` must not be served in school canteens."""

    ingredients: list[IngredientRead]
    allergens: list[str]
    banned_foods: list[str]
