"""What a message says: its type, when it happened, and the order, lot or sum as it is afterwards.

No household is named in any of them, by pseudonym neither.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.farmers.orders.schemas import OrderRead
from services.farmers.webhooks.domain import TEST
from shared.fields import Code, Fen, Id

_ORDER = {
    "order_id": "order-1",
    "version": 1,
    "canteen_id": "canteen-1",
    "cooperative_id": "coop-1",
    "county_code": "520628",
    "delivery_day": "2026-11-30",
    "answer_by": "2026-11-25T01:00:00Z",
    "placed_at": "2026-11-23T01:00:00Z",
    "status": "to_answer",
    "answer": None,
    "answer_reason": None,
    "answered_at": None,
    "closing_reason": None,
    "dispatched_at": None,
    "dispatch_reason": None,
    "lines": [
        {
            "line_id": "line-1",
            "food_code": "napa_cabbage",
            "offer_id": "off-1",
            "temperature_class": "ambient",
            "price_fen_per_kg": 154,
            "promised_g": 40_000,
            "ordered_g": 40_000,
            "confirmed_g": 0,
            "dispatched_g": 0,
            "received_g": None,
            "accepted_g": None,
            "short_reason": None,
        }
    ],
}


def _example(kind: str, **data: Any) -> ConfigDict:
    return ConfigDict(
        json_schema_extra={"examples": [{"type": kind, "timestamp": "2026-11-23T01:00:02Z", "data": data}]}
    )


class OrderMessage(BaseModel):
    """Something happened to an order; `data` is all of it as `GET /orders/{order_id}` shows it.

    Messages may come in any order and twice: keep the order with the highest `version`, and at one version the one with
    the latest `timestamp`.
    """

    model_config = _example("order.placed", **_ORDER)

    type: Literal[
        "order.placed",
        "order.amended",
        "order.cancelled",
        "order.accepted",
        "order.partly_accepted",
        "order.declined",
        "order.dispatched",
        "order.received",
    ]
    timestamp: datetime
    data: OrderRead


class RecalledLot(BaseModel):
    """A lot that must not be loaded, received, cooked or eaten any more; `reason` is that of the recall."""

    lot_id: Id
    cooperative_id: Id
    food_code: Code
    harvest_day: date
    certificate_no: Code
    reason: str
    recalled_at: datetime


class LotMessage(BaseModel):
    """A lot was recalled, or one it was made of."""

    model_config = _example(
        "lot.recalled",
        lot_id="lot-1",
        cooperative_id="coop-1",
        food_code="napa_cabbage",
        harvest_day="2026-11-21",
        certificate_no="GZ-1",
        reason="a sample was above the limit",
        recalled_at="2026-11-23T01:00:00Z",
    )

    type: Literal["lot.recalled"]
    timestamp: datetime
    data: RecalledLot


class SettlementTold(BaseModel):
    """What a receipt brought: amount_fen = cooperative_fen + households_fen; `households` is how many have a part."""

    settlement_id: Id
    order_id: Id
    receipt_id: Id
    canteen_id: Id
    cooperative_id: Id
    delivery_day: date
    amount_fen: Fen
    cooperative_fen: Fen
    households_fen: Fen
    households: int
    recorded_at: datetime


class PaymentTold(BaseModel):
    """What was paid to a cooperative, by the bank's reference; `settlements` is how many it pays a part of or whole."""

    payment_id: Id
    cooperative_id: Id
    paid_on: date
    reference: str
    amount_fen: Fen
    settlements: int
    confirmed_at: datetime


class PaymentMessage(BaseModel):
    """A cooperative was paid; what of it waits for households shows `GET /cooperatives/{cooperative_id}/payments`."""

    model_config = _example(
        "payment.confirmed",
        payment_id="pay-1",
        cooperative_id="coop-1",
        paid_on="2026-12-10",
        reference="fictional-0001",
        amount_fen=6160,
        settlements=1,
        confirmed_at="2026-12-10T02:00:00Z",
    )

    type: Literal["payment.confirmed"]
    timestamp: datetime
    data: PaymentTold


class SettlementMessage(BaseModel):
    """A receipt was matched and booked."""

    model_config = _example(
        "settlement.recorded",
        settlement_id="set-1",
        order_id="order-1",
        receipt_id="rec-1",
        canteen_id="canteen-1",
        cooperative_id="coop-1",
        delivery_day="2026-11-30",
        amount_fen=6160,
        cooperative_fen=616,
        households_fen=5544,
        households=2,
        recorded_at="2026-12-01T09:00:00Z",
    )

    type: Literal["settlement.recorded"]
    timestamp: datetime
    data: SettlementTold


class Tested(BaseModel):
    """Which endpoint was tried."""

    endpoint_id: Id


class TestMessage(BaseModel):
    """Somebody asked for a message to see whether it comes."""

    model_config = _example(TEST, endpoint_id="0197-fictional")

    type: Literal["webhook.test"]
    timestamp: datetime
    data: Tested


Message = Annotated[
    OrderMessage | LotMessage | SettlementMessage | PaymentMessage | TestMessage, Field(discriminator="type")
]
