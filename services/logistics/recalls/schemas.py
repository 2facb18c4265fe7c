"""Bodies of the recalls' routes."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from services.logistics.tracing.schemas import LotForward
from shared.fields import Id, Reason
from shared.routing import Input


class RecallRequest(Input):
    """A lot that must not be loaded, received, cooked or eaten any more."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lot_id": "lot-1", "reason": "pesticide residue found"}]}
    )

    lot_id: Id
    reason: Reason


class RecallRead(BaseModel):
    """A recall."""

    recall_id: str
    lot_id: str
    cooperative_id: str
    reason: str
    raised_at: datetime


class RecallDetail(RecallRead):
    """A recall and everything its lot reached."""

    affected: LotForward


class Recalls(BaseModel):
    """A page of recalls."""

    items: list[RecallRead]
    next: str | None
