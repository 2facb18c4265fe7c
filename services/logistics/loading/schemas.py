"""Bodies of the loading check's routes."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.fields import Id
from shared.routing import Input


class ScanInput(Input):
    """A lot held before the scanner; with its order where the label names it."""

    lot_id: Id
    order_id: Id | None = None


class Scans(Input):
    """Lots scanned while a trip is loaded, and by whom."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"by": "loader-1", "scans": [{"lot_id": "lot-1", "order_id": "ord-1"}]}]}
    )

    by: Id
    scans: Annotated[list[ScanInput], Field(min_length=1, max_length=500)]


class RefusedScan(BaseModel):
    """A scanned lot that stays behind, and by which rule."""

    index: int
    lot_id: str
    order_id: str | None
    rule: str = Field(examples=["lot-recalled", "wrong-lot", "cancelled"])
    detail: str


class LotChecked(BaseModel):
    """A lot packed for an order, whether it is blocked, and who scanned it when."""

    lot_id: str
    food_code: str
    dispatched_g: int
    recalled: bool
    scanned_at: datetime | None
    scanned_by: str | None


class OrderChecked(BaseModel):
    """The lots of an order; `complete` when all were scanned and none is blocked."""

    order_id: str
    status: str
    complete: bool
    lots: list[LotChecked]


class LoadingCheck(BaseModel):
    """How far the loading check of a trip is; `complete` with its last order. Orders not packed yet have no lots."""

    trip_id: str
    complete: bool
    orders: list[OrderChecked]


class Scanned(LoadingCheck):
    """What became of the scans, and how far the loading check is now."""

    refused: list[RefusedScan]
