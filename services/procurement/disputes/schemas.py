"""Bodies of the routes of disputes."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.procurement.disputes.domain import Decision, Dispute, Status
from services.procurement.rows import row_of
from shared.fields import Id, Reason
from shared.routing import Input


class StatementIn(Input):
    """What a side says to a dispute; it replaces what it said before."""

    text: Annotated[
        str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True, pattern=r"^[^\x00]+$")
    ] = Field(examples=["the scales at the gate had not been set to zero"])


class DecisionIn(Input):
    """What an official decides, and why; `amount_fen` goes with the decision `amount`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"decision": "as-weighed", "decided_by": "official-1", "reason": "two people signed for it"}]
        }
    )

    decision: Decision
    amount_fen: Annotated[int, Field(ge=0, le=10**12, description="fen")] | None = None
    decided_by: Id
    reason: Reason


class DisputeRead(BaseModel):
    """An order line of which less was accepted than dispatched, beyond what its county tolerates.

    `weighed_fen` (what was accepted) is paid, `held_fen` of `ordered_fen` (all that was dispatched of the order) is
    held back until it is decided, by `decide_by` at the latest; `amount_fen` is what the line is paid then.
    """

    dispute_id: str
    receipt_id: str
    order_id: str
    line_id: str
    canteen_id: str
    cooperative_id: str
    county_code: str
    delivery_day: date
    food_code: str
    price_fen_per_kg: int
    dispatched_g: int
    accepted_g: int
    weighed_fen: int
    ordered_fen: int
    held_fen: int
    reason: str
    opened_at: datetime
    decide_by: date
    version: int
    status: Status
    school_statement: str
    cooperative_statement: str
    decision: Decision | None
    amount_fen: int | None
    decided_by: str | None
    decision_reason: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, dispute: Dispute) -> Self:
        """Return the answer about a dispute."""
        return cls(**row_of(dispute, cls.model_fields))
