"""Bodies and answers of the routes of disposals."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.nutrition.disposals.domain import Cause, Disposal
from shared.fields import Code, Id, Instant, PositiveGrams, Text
from shared.routing import Input


class DisposalRow(Input):
    """Grams as bought of a food that leave the store uneaten; `lot_id` is null for food of unknown lot."""

    food_code: Code
    lot_id: Id | None = None
    quantity_g: PositiveGrams
    cause: Cause
    remark: Text = ""

    def told(self) -> Disposal:
        """Return what is to go."""
        return Disposal(self.food_code, self.lot_id or "", self.quantity_g, self.cause)


class DisposalsInput(Input):
    """What leaves the store, all or nothing, and who saw it go; a witness is somebody else."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "disposed_by": "cook-03",
                    "witnessed_by": "head-01",
                    "rows": [
                        {"food_code": "cauliflower", "lot_id": "lot-0001", "quantity_g": 2500, "cause": "expired"}
                    ],
                }
            ]
        }
    )

    disposed_by: Id
    witnessed_by: Id | None = None
    rows: list[DisposalRow] = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _two_people(self) -> Self:
        if self.witnessed_by == self.disposed_by:
            raise ValueError("nobody is a witness of what he does himself")
        return self


class DisposalRead(BaseModel):
    """Grams as bought that left a store uneaten."""

    disposal_id: str
    canteen_id: str
    food_code: str
    lot_id: str | None
    quantity_g: int
    cause: Cause
    remark: str
    disposed_by: str
    witnessed_by: str | None
    disposed_at: Instant
