"""Bodies and answers of the menus' routes."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from services.nutrition.menus.domain import Change, Stage, Wish
from shared.events.nutrition import Demand
from shared.fields import AgeBand, Code, Day, Id, Instant, Meal, Reason, TemperatureClass
from shared.routing import Input

MEALS_EXAMPLE: list[JsonValue] = [
    {"day": "2026-11-30", "meal": "lunch", "dish_codes": ["S01", "V07"], "headcounts": {"12-14": 700}}
]


Heads = dict[AgeBand, Annotated[int, Field(ge=0, le=50_000)]]


class EatersInput(Input):
    """Who eats a meal: counts by age band, those the attendance forecast expects, or everybody enrolled."""

    day: Day
    meal: Meal
    headcounts: Heads | None = None
    headcount: Literal["forecast"] | None = Field(default=None, description="as many as are expected that day")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.headcounts is not None and self.headcount is not None:
            raise ValueError("say headcounts or headcount, not both")
        return self

    def wish(self, place: int, dish_codes: list[str]) -> Wish:
        """Return the meal asked for, at its place in the request."""
        by_forecast = self.headcount is not None
        return Wish(place, self.day, self.meal, tuple(dish_codes), self.headcounts, by_forecast)


class MealInput(EatersInput):
    """A meal of a day; without headcounts everybody enrolled eats."""

    dish_codes: list[Code] = Field(min_length=1, max_length=20)


class MenuInput(Input):
    """A week's menu of one canteen; `week_start` is its Monday."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"canteen_id": "sch-520628-0001", "week_start": "2026-11-30", "days": MEALS_EXAMPLE}]
        }
    )

    canteen_id: Id
    week_start: Day
    days: list[MealInput] = Field(min_length=1, max_length=21)


class AmendmentInput(Input):
    """The whole menu as it should be; meals of days that have begun stand in it as they are."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "school trip on Monday", "days": MEALS_EXAMPLE}]}
    )

    reason: Reason
    days: list[MealInput] = Field(min_length=1, max_length=21)


class WithdrawalInput(Input):
    """Why a menu is taken back."""

    reason: Reason = Field(examples=["the school closes for repairs"])


def wishes_of(days: list[MealInput]) -> list[Wish]:
    """Return what is asked for, numbered by its place in the request."""
    return [asked.wish(place, asked.dish_codes) for place, asked in enumerate(days)]


class DishServed(BaseModel):
    """A dish in the version the menu was planned with."""

    dish_code: str
    version: int


class MealListed(BaseModel):
    """A meal of a menu."""

    day: Day
    meal: Meal
    headcount: int
    headcounts: dict[AgeBand, int]
    dishes: list[DishServed]
    meal_id: str | None = Field(description="the record of the meal, once it was served")


class MealRead(MealListed):
    """A meal of a menu with what the kitchen needs: grams as bought by food."""

    planned_g: dict[str, int]


class _MenuHead(BaseModel):
    menu_id: str
    canteen_id: str
    county_code: str
    week_start: Day
    version: int
    status: Stage = Field(description="served: every meal it plans is on record")
    from_day: Day | None = Field(description="of a withdrawn menu: the first day it no longer stands for")
    published_at: Instant


class MenuListed(_MenuHead):
    """A menu with its meals."""

    days: list[MealListed]


class VersionListed(BaseModel):
    """What was done under a version of a menu, and why."""

    version: int
    change: Change
    reason: str
    told_at: Instant


class MenuRead(_MenuHead):
    """A menu with its meals as they stand, and its history."""

    days: list[MealRead]
    versions: list[VersionListed]


class MenuTold(_MenuHead):
    """A menu as it was just published, amended or withdrawn, with its whole demand."""

    demand: list[Demand]


class VersionRead(VersionListed):
    """A menu as it was under one version."""

    menu_id: str
    days: list[MealRead]
    demand: list[Demand]


class LineRead(BaseModel):
    """A demand line in g as bought: gross = quantity + from stock.

    `accepted_g` came in for it so far, `used_g` was cooked, `reserved_g` lies in the store for it.
    """

    food_code: str
    delivery_day: Day
    temperature_class: TemperatureClass
    gross_g: int
    from_stock_g: int
    quantity_g: int
    accepted_g: int
    used_g: int
    reserved_g: int
