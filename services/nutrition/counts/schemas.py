"""Bodies and answers of the routes of counts."""

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.nutrition.counts.domain import Found
from shared.fields import Code, Grams, Id, Instant, Reason
from shared.routing import Input

EXAMPLE: dict[str, JsonValue] = {
    "counted_by": "cook-03",
    "rows": [
        {"food_code": "cabbage", "lot_id": "lot-0001", "counted_g": 8500, "reason": "500 g of outer leaves taken off"}
    ],
}


class LotCountRow(Input):
    """What was found of one lot, in g as bought, and why that is not what the books say; `lot_id` null: lot unknown."""

    food_code: Code
    lot_id: Id | None = None
    counted_g: Grams
    reason: Reason

    def found(self) -> Found:
        """Return what was counted."""
        return Found(self.food_code, self.lot_id or "", self.counted_g)


class CountsInput(Input):
    """What somebody found in the store now, lot by lot, all or nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    counted_by: Id
    rows: list[LotCountRow] = Field(min_length=1, max_length=200)


class CountRead(BaseModel):
    """Grams as bought that were counted, and what the books said; `counted_by` is null for counts loaded in bulk."""

    count_id: str
    canteen_id: str
    food_code: str
    lot_id: str | None
    before_g: int
    counted_g: int
    reason: str
    counted_by: str | None
    counted_at: Instant
