"""Bodies and answers of the routes of closures."""

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from services.nutrition.closures.domain import ClosureKind
from shared.fields import Day, Id, Meal, Text
from shared.routing import Input

EXAMPLE: dict[str, JsonValue] = {
    "canteen_id": "sch-520628-0001",
    "day": "2026-12-31",
    "kind": "exam",
    "meals": ["lunch"],
    "note": "期末考试，下午放假",
}


class ClosureRow(Input):
    """A school day on which a canteen serves only these meals, none by default."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    canteen_id: Id
    day: Day
    kind: ClosureKind
    meals: list[Meal] = Field(default=[], max_length=3, description="still served; half a day has its lunch")
    note: Text = Field(default="", max_length=500)

    @field_validator("meals")
    @classmethod
    def _in_the_order_of_the_day(cls, meals: list[Meal]) -> list[Meal]:
        return [meal for meal in Meal if meal in meals]


class ClosureRead(BaseModel):
    """A school day on which a canteen serves only these meals."""

    canteen_id: str
    day: Day
    kind: ClosureKind
    meals: list[Meal]
    note: str
