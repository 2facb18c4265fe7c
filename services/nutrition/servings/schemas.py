"""Bodies and answers of the routes of meals served."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.fields import Day, Id, Instant, Meal
from shared.routing import Input


class ServingInput(Input):
    """A meal that was served to so many."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"canteen_id": "sch-520628-0001", "day": "2026-11-30", "meal": "lunch", "headcount": 698}]
        }
    )

    canteen_id: Id
    day: Day
    meal: Meal
    headcount: Annotated[int, Field(ge=1, le=50_000, description="people")]


class UsedRead(BaseModel):
    """Grams as bought taken from one lot; `lot_id` is null for food of unknown lot."""

    food_code: str
    lot_id: str | None
    quantity_g: int


class ShortRead(BaseModel):
    """Grams as bought that were needed and not there."""

    food_code: str
    short_g: int


class MealServedRead(BaseModel):
    """A meal that was served, and what it took from the store."""

    meal_id: str
    canteen_id: str
    menu_id: str
    menu_version: int
    day: Day
    meal: Meal
    planned_headcount: int
    headcount: int
    dish_codes: list[str]
    used: list[UsedRead]
    short: list[ShortRead]
    served_at: Instant
