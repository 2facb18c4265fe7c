"""Bodies and answers of the routes of the store."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.fields import Code, Day, Grams, Id
from shared.routing import Input

EXAMPLE: dict[str, JsonValue] = {"canteen_id": "sch-520628-0001", "food_code": "salt", "quantity_g": 12_500}


class CountRow(Input):
    """What was counted of a food whose lot nobody knows.

    Without `counted_on` a count of as much as the last one is that one told again and changes nothing.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    canteen_id: Id
    food_code: Code
    quantity_g: Grams
    counted_on: Day | None = None


class Movement(StrEnum):
    """What changed a store, in the order of a day."""

    RECEIVED = "received"
    COOKED = "cooked"
    DISPOSED = "disposed"
    COUNTED = "counted"


class MovementRead(BaseModel):
    """Grams as bought by which a lot grew or (below 0) shrank; `source_id` is the receipt, meal, disposal or count."""

    day: Day
    movement: Movement
    food_code: str
    lot_id: str | None
    change_g: int
    source_id: str


class ExpiringLot(BaseModel):
    """A lot that has to be cooked soon; `at_risk_g` of it no published menu takes by its day."""

    food_code: str
    lot_id: str | None
    on_hand_g: int
    use_by: Day
    days_left: int = Field(description="0 on its last day, below 0 when it is past")
    at_risk_g: int


class LotOnHand(BaseModel):
    """Grams of one lot; `lot_id` is null for counted food, what is `recalled` or `expired` must not be cooked."""

    lot_id: str | None
    on_hand_g: int
    use_by: Day
    recalled: bool
    expired: bool


class StockRead(BaseModel):
    """A food in the store, in g: free = on hand − recalled − expired − reserved, never below nothing."""

    food_code: str
    on_hand_g: int
    recalled_g: int
    expired_g: int = Field(description="past its day and not recalled")
    reserved_g: int = Field(description="planned for menus that are published")
    free_g: int
    lots: list[LotOnHand]
