"""Bodies and answers of the dishes' routes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from services.nutrition.dishes.domain import (
    LEAST_PERMILLE,
    MOST_PERMILLE,
    REFERENCE_BAND,
    Method,
    PortionRule,
    Scope,
)
from services.nutrition.foods.domain import Nutrient
from services.nutrition.foods.schemas import Line
from services.nutrition.market.domain import PriceSource
from shared.fields import AgeBand, Code, Day, Id, Instant, Reason
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


class Owned(Input):
    """In whose library: `county_code` goes with the scope `county`, `canteen_id` with `canteen`."""

    scope: Scope = Scope.PROVINCE
    county_code: Code | None = Field(default=None, validate_default=True)
    canteen_id: Id | None = Field(default=None, validate_default=True)

    @field_validator("county_code", "canteen_id")
    @classmethod
    def _goes_with_the_scope(cls, owner: str | None, info: ValidationInfo) -> str | None:
        of = Scope.COUNTY if info.field_name == "county_code" else Scope.CANTEEN
        if "scope" in info.data and (owner is None) != (info.data["scope"] is not of):
            detail = f"{info.field_name} goes with the scope {of.value}"
            raise PydanticCustomError("owner-of-scope", "{detail}", {"detail": detail})
        return owner


class IngredientRow(Input):
    """Milligrams of a raw edible food in a portion for ages 9 to 11, at most 2 kg."""

    food_code: Code
    portion_mg: Annotated[int, Field(gt=0, le=MOST_PORTION_MG, description="mg")]


class DishRow(Owned):
    """A dish; each food once, 2 kg in all. Allergens and bans follow from its foods and are never typed in.

    `portion_permille` goes with the rule `per_band`: 1/1000 of the recipe for every age band, 1000 for ages 9 to 11,
    for which the recipe is written.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    dish_code: Code
    name_zh: Line
    name_en: Line
    category: Code
    method: Method | None = Field(default=None, description="null where nobody has said")
    equipment: list[Code] = Field(default=[], max_length=10)
    portion_rule: PortionRule = PortionRule.PROPORTIONAL
    portion_permille: dict[AgeBand, Annotated[int, Field(ge=LEAST_PERMILLE, le=MOST_PERMILLE)]] | None = Field(
        default=None, validate_default=True
    )
    ingredients: list[IngredientRow] = Field(min_length=1, max_length=40)

    @field_validator("equipment")
    @classmethod
    def _in_order(cls, equipment: list[str]) -> list[str]:
        return sorted(set(equipment))

    @field_validator("portion_permille")
    @classmethod
    def _goes_with_the_rule(cls, given: dict[AgeBand, int] | None, info: ValidationInfo) -> dict[AgeBand, int] | None:
        if "portion_rule" in info.data and (given is None) != (info.data["portion_rule"] is not PortionRule.PER_BAND):
            raise PydanticCustomError("portions-of-rule", "portion_permille goes with the rule per_band")
        if given is None:
            return None
        if set(given) != set(AgeBand) or given[REFERENCE_BAND] != 1000:
            raise PydanticCustomError("portions-of-every-band", "names every age band, 1000 for 9-11")
        return {band: given[band] for band in AgeBand}

    @field_validator("ingredients")
    @classmethod
    def _each_food_once(cls, ingredients: list[IngredientRow]) -> list[IngredientRow]:
        codes = [ingredient.food_code for ingredient in ingredients]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise PydanticCustomError("food-twice", "{foods} stands in the dish twice", {"foods": ", ".join(twice)})
        if sum(ingredient.portion_mg for ingredient in ingredients) > MOST_PORTION_MG:
            raise PydanticCustomError("portion-too-big", "a portion weighs at most 2 kg")
        return ingredients


class CopyInput(Owned):
    """A copy under a code of its own: for another library, or promoted to the county or the province."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"dish_code": "V01-county", "scope": "county", "county_code": "520628"}]}
    )

    dish_code: Code


class RetirementInput(Input):
    """Why a dish is in no new menu."""

    reason: Reason = Field(examples=["pupils leave half of it"])


class IngredientRead(BaseModel):
    """An ingredient: mg of raw edible food in a portion for ages 9 to 11."""

    food_code: str
    name_zh: str
    name_en: str
    portion_mg: int


class AmountRead(BaseModel):
    """A nutrient in its unit; `unknown_permille` of the portion's weight is food of which nobody has said it."""

    amount: float
    unknown_permille: int


class DishVersioned(BaseModel):
    """What a version of a dish says, its ingredients apart."""

    dish_code: str
    version: int
    name_zh: str
    name_en: str
    category: str
    method: Method | None
    equipment: list[str]
    portion_rule: PortionRule
    portion_permille: dict[AgeBand, int] = Field(description="1/1000 of the recipe, by age band")


class DishPhotoRead(BaseModel):
    """What a dish looks like in a county: `GET /dishes/{dish_code}/photo`. Another photo has another id."""

    photo_id: str
    width_px: int
    height_px: int


class DishListed(DishVersioned):
    """A dish with what follows from its ingredients, as a county knows them where one is named.

    `banned_foods` must not be served in school canteens; it is in season in `months`, when all in it that villages grow
    is. `cost_fen` is a portion's for ages 9 to 11 in the week asked for, of the foods that have a price; null without
    a county.
    """

    scope: Scope
    county_code: str | None
    canteen_id: str | None
    retired: bool = Field(description="stands in no new menu")
    allergens: list[str]
    banned_foods: list[str]
    months: list[int]
    cost_fen: int | None
    unpriced_foods: list[str]
    liking_permille: int | None = Field(description="0 to 1000 by votes in the county; null without a county")
    photo: DishPhotoRead | None = Field(description="the county's; null without a county, or where nobody took one")
    nutrients: dict[Nutrient, AmountRead] = Field(
        default={}, description="what a portion for ages 9 to 11 gives of those asked for in a list"
    )


class FeedbackRead(BaseModel):
    """What a county's eaters said of a dish and left of it; votes are 1 to 5 points.

    `liking_permille` is 0 to 1000, drawn to the county's mean where few voted. `waste_mg_per_portion` is null where
    nothing was weighed.
    """

    county_code: str
    ratings: int
    rating_sum: int
    liking_permille: int
    served_portions: int
    waste_g: int
    waste_mg_per_portion: int | None


class DishRead(DishListed):
    """A dish with its ingredients, where it comes from and what came back of it."""

    ingredients: list[IngredientRead]
    retired_at: Instant | None
    retired_reason: str | None
    copied_from: str | None
    copied_version: int | None
    feedback: FeedbackRead | None = Field(description="of the county named; null without one")


class DishVersionRead(DishVersioned):
    """A dish as it was under one version; `made_at` is null where nobody noted it."""

    made_at: Instant | None


class PortionRead(BaseModel):
    """A portion for an age band: g of raw edible food, what it gives, and what its foods cost as bought.

    What is unknown is in no amount; foods without a price are in no cost.
    """

    portion_permille: int
    portion_g: int
    nutrients: dict[Nutrient, AmountRead]
    cost_fen: int | None = Field(description="null without a county")
    local_fen: int | None = Field(description="of the cost, what goes to the county's own cooperatives")
    poor_fen: int | None = Field(description="of the cost, what is expected to reach poor households")


class IngredientPriced(IngredientRead):
    """An ingredient with what it costs in the week, and where that price comes from; null where nobody has one."""

    price_fen_per_kg: int | None
    price_source: PriceSource | None


class DishAnalysed(BaseModel):
    """What a portion gives and costs, by age band, reckoned from what is known of its foods now.

    `unknown_foods` are, by nutrient, the foods nobody has said it of. Prices are those of the week from `week_start`.
    """

    dish_code: str
    version: int
    county_code: str | None
    week_start: Day
    portions: dict[AgeBand, PortionRead]
    ingredients: list[IngredientPriced]
    unknown_foods: dict[Nutrient, list[str]]
    unpriced_foods: list[str]
