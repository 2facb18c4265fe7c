"""Bodies and answers of the routes of meal patterns."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from services.nutrition.dishes.domain import Scope
from shared.fields import Code, Id, Meal
from shared.routing import Input

EXAMPLE: dict[str, JsonValue] = {
    "scope": "county",
    "county_code": "520628",
    "meal": "lunch",
    "places": [
        {"slot": "staple", "categories": ["staple"]},
        {"slot": "main", "categories": ["meat", "mixed"]},
        {"slot": "vegetable", "categories": ["vegetable"]},
        {"slot": "soup", "categories": ["soup"]},
        {"slot": "fruit", "categories": ["fruit"], "optional": True},
        {"slot": "egg", "dish_codes": ["X20"], "optional": True},
    ],
}


class PlaceRow(Input):
    """A place of a meal: one dish of any of the categories, or one of the dishes named."""

    slot: Code
    categories: list[Code] = Field(default=[], max_length=20)
    dish_codes: list[Code] = Field(default=[], max_length=50)
    optional: bool = False

    @model_validator(mode="after")
    def _takes_something(self) -> Self:
        if not self.categories and not self.dish_codes:
            raise ValueError("a place takes dishes of some categories, or some dishes")
        return self


class PatternRow(Input):
    """What a meal is made of; at least one place must be filled, and each has a name of its own."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    scope: Scope
    county_code: Code | None = Field(default=None, description="goes with the scope county")
    canteen_id: Id | None = Field(default=None, description="goes with the scope canteen")
    meal: Meal
    places: list[PlaceRow] = Field(min_length=1, max_length=12)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.county_code is None) is (self.scope is Scope.COUNTY):
            raise ValueError("county_code goes with the scope county, and only with it")
        if (self.canteen_id is None) is (self.scope is Scope.CANTEEN):
            raise ValueError("canteen_id goes with the scope canteen, and only with it")
        if len({place.slot for place in self.places}) < len(self.places):
            raise ValueError("each place has a name of its own")
        if all(place.optional for place in self.places):
            raise ValueError("a meal has at least one place that must be filled")
        return self

    @property
    def owner(self) -> str:
        """The county or canteen it is for, empty for the province."""
        return self.county_code or self.canteen_id or ""


class PlaceRead(BaseModel):
    """A place of a meal."""

    slot: str
    categories: list[str]
    dish_codes: list[str]
    optional: bool


class PatternRead(BaseModel):
    """What a meal is made of, and for whom."""

    scope: Scope
    county_code: str | None
    canteen_id: str | None
    meal: Meal
    places: list[PlaceRead]
    version: int
