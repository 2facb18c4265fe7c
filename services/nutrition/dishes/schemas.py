"""Bodies and answers of the dishes' routes."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from services.nutrition.dishes.domain import (
    LEAST_PERMILLE,
    MOST_PERMILLE,
    REFERENCE_BAND,
    Method,
    PortionRule,
    Scope,
)
from shared.fields import AgeBand, Code, Id, Name
from shared.routing import Input

MOST_PORTION_MG = 2_000_000
EXAMPLE: dict[str, JsonValue] = {
    "dish_code": "V01",
    "name_zh": "清炒花菜",
    "name_en": "Stir-fried cauliflower",
    "category": "vegetable",
    "scope": "province",
    "method": "stir_fry",
    "equipment": ["wok"],
    "portion_rule": "proportional",
    "ingredients": [{"food_code": "cauliflower", "portion_mg": 100_000}, {"food_code": "salt", "portion_mg": 800}],
}


class IngredientRow(Input):
    """Milligrams of a raw edible food in a portion for ages 9 to 11, at most 2 kg."""

    food_code: Code
    portion_mg: Annotated[int, Field(gt=0, le=MOST_PORTION_MG, description="mg")]


class DishRow(Input):
    """A dish; each food once, 2 kg in all. Allergens and bans follow from its foods and are never typed in.

    `county_code` goes with the scope `county`, `canteen_id` with `canteen`; `portion_permille` with the rule
    `per_band`: 1/1000 of the recipe for every age band, 1000 for ages 9 to 11, for which the recipe is written.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    dish_code: Code
    name_zh: Name
    name_en: Name
    category: Code
    scope: Scope = Scope.PROVINCE
    county_code: Code | None = None
    canteen_id: Id | None = None
    method: Method | None = Field(default=None, description="null where nobody has said")
    equipment: list[Code] = Field(default=[], max_length=10)
    portion_rule: PortionRule = PortionRule.PROPORTIONAL
    portion_permille: dict[AgeBand, Annotated[int, Field(ge=LEAST_PERMILLE, le=MOST_PERMILLE)]] | None = None
    ingredients: list[IngredientRow] = Field(min_length=1, max_length=40)

    @field_validator("equipment")
    @classmethod
    def _in_order(cls, equipment: list[str]) -> list[str]:
        return sorted(set(equipment))

    @field_validator("ingredients")
    @classmethod
    def _each_food_once(cls, ingredients: list[IngredientRow]) -> list[IngredientRow]:
        if len({ingredient.food_code for ingredient in ingredients}) < len(ingredients):
            raise ValueError("a food stands in a dish once")
        if sum(ingredient.portion_mg for ingredient in ingredients) > MOST_PORTION_MG:
            raise ValueError("a portion weighs at most 2 kg")
        return sorted(ingredients, key=lambda ingredient: ingredient.food_code)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.scope is Scope.COUNTY) != (self.county_code is not None):
            raise ValueError("county_code goes with the scope county")
        if (self.scope is Scope.CANTEEN) != (self.canteen_id is not None):
            raise ValueError("canteen_id goes with the scope canteen")
        given = self.portion_permille
        if (self.portion_rule is PortionRule.PER_BAND) != (given is not None):
            raise ValueError("portion_permille goes with the rule per_band")
        if given is not None and (set(given) != set(AgeBand) or given[REFERENCE_BAND] != 1000):
            raise ValueError("portion_permille names every age band, 1000 for 9-11")
        return self


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
    scope: Scope
    county_code: str | None
    canteen_id: str | None
    method: Method | None
    equipment: list[str]
    portion_rule: PortionRule
    portion_permille: dict[AgeBand, int] = Field(description="1/1000 of the recipe, by age band")
    retired: bool = Field(description="stands in no new menu")


class DishRead(DishListed):
    """A dish with what follows from its ingredients; `banned_foods` must not be served in school canteens."""

    ingredients: list[IngredientRead]
    allergens: list[str]
    banned_foods: list[str]
