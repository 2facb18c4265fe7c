"""Bodies of the recalls' routes."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from services.logistics.recalls.domain import Outcome
from services.logistics.tracing.schemas import LotForward
from shared.fields import Grams, Id, Reason, Text
from shared.routing import Input


class RecallRequest(Input):
    """A lot that must not be loaded, received, cooked or eaten any more."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lot_id": "lot-1", "reason": "pesticide residue found"}]}
    )

    lot_id: Id
    reason: Reason


class AcknowledgementInput(Input):
    """A school's word that it knows of a recall, and how much of the lot it put aside, in g."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"canteen_id": "sch-1", "acknowledged_by": "cook-1", "put_aside_g": 3_000, "note": "locked"}]
        }
    )

    canteen_id: Id
    acknowledged_by: Id
    put_aside_g: Grams = 0
    note: Text = ""


class ClosingInput(Input):
    """What became of the lot; `without` says why it is closed before every school has acknowledged."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "destroyed", "note": "burnt under supervision"}]}
    )

    outcome: Outcome
    note: Reason
    without: Text = ""


class AcknowledgementRead(BaseModel):
    """A school's word on a recall, and how many minutes after it was raised it came."""

    canteen_id: str
    put_aside_g: int
    note: str
    acknowledged_by: str
    acknowledged_at: datetime
    minutes: int


class RecallRead(BaseModel):
    """A recall. Closed or not, its lot stays blocked."""

    recall_id: str
    lot_id: str
    cooperative_id: str
    reason: str
    raised_at: datetime
    closed_at: datetime | None
    outcome: Outcome | None
    closing_note: str


class RecallDetail(RecallRead):
    """A recall, everything its lot reached, which schools acknowledged and which are waited for."""

    affected: LotForward
    acknowledged: list[AcknowledgementRead]
    waiting: list[str]


class Recalls(BaseModel):
    """A page of recalls."""

    items: list[RecallRead]
    next: str | None
