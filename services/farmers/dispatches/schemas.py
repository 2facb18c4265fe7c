"""Request bodies and answers about dispatches."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from services.farmers.dispatches.domain import LinePacked
from services.farmers.dispatches.packing import MOST_LOTS, Packing
from services.farmers.dispatches.usecases import Dispatched
from services.farmers.orders.domain import Order, OrderStatus
from services.farmers.orders.schemas import OrderRefusal
from shared.fields import Code, Grams, Id, PositiveGrams, Reason, TemperatureClass
from shared.routing import Input


class LotShareIn(Input):
    """Grams of one lot."""

    lot_id: Id
    quantity_g: PositiveGrams


class LinePackedIn(Input):
    """What was packed for one line; `reason` says why it is less than confirmed, left out the order's holds."""

    line_id: Id
    lots: list[LotShareIn] = Field(max_length=MOST_LOTS)
    reason: Reason | None = None


class Packed(Input):
    """What was packed from which lots; without `lines` it is worked out, first expired first out.

    `reason` says why less than what was confirmed is packed, or nothing: then no line has a lot.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{}, {"lines": [{"line_id": "line-1", "lots": [{"lot_id": "lot-1", "quantity_g": 12_500}]}]}]
        }
    )

    lines: list[LinePackedIn] | None = Field(default=None, min_length=1, max_length=200)
    reason: Reason | None = None

    def said(self) -> list[LinePacked] | None:
        """Return the values the rules work with."""
        if self.lines is None:
            return None
        return [
            LinePacked(line.line_id, tuple((lot.lot_id, lot.quantity_g) for lot in line.lots), line.reason)
            for line in self.lines
        ]


class LotShareRead(BaseModel):
    """Grams of one lot."""

    lot_id: Id
    quantity_g: Grams


class LineDispatchedRead(BaseModel):
    """What was packed for a line; `short_g` is missing to what was confirmed, for `reason`."""

    line_id: Id
    food_code: Code
    confirmed_g: Grams
    dispatched_g: Grams
    short_g: Grams
    reason: str | None
    lots: list[LotShareRead]


class DispatchRead(BaseModel):
    """A dispatched order; `reason` says why something is missing, null when nothing is."""

    order_id: Id
    dispatched_at: datetime
    reason: str | None
    lines: list[LineDispatchedRead]

    @classmethod
    def of(cls, done: Dispatched) -> "DispatchRead":
        """Return what is shown of a dispatch."""
        order = done.order
        lines = _lines(order, done.packing)
        values = {"order_id": order.order_id, "dispatched_at": order.dispatched_at, "reason": order.dispatch_reason}
        return cls.model_validate(values | {"lines": lines})


def _lines(order: Order, packing: Packing) -> list[LineDispatchedRead]:
    return [
        LineDispatchedRead(
            line_id=line.line_id,
            food_code=line.food_code,
            confirmed_g=line.confirmed_g,
            dispatched_g=line.dispatched_g,
            short_g=line.confirmed_g - line.dispatched_g,
            reason=line.short_reason,
            lots=[LotShareRead(lot_id=lot, quantity_g=grams) for lot, grams in packing.get(line.line_id, ())],
        )
        for line in order.lines
    ]


class MorningRead(BaseModel):
    """The orders dispatched, and why others were not."""

    dispatched: list[DispatchRead]
    refused: list[OrderRefusal]


class PackedLotRead(BaseModel):
    """Grams of one lot, with the certificate that goes with them."""

    model_config = ConfigDict(from_attributes=True)

    lot_id: Id
    quantity_g: Grams
    harvest_day: date
    certificate_no: Code


class PackingLine(BaseModel):
    """What to pack, or what was packed, for a line; `short_reason` says why it is less than confirmed."""

    line_id: Id
    food_code: Code
    temperature_class: TemperatureClass
    ordered_g: Grams
    confirmed_g: Grams
    dispatched_g: Grams
    short_reason: str | None
    lots: list[PackedLotRead]


class PackingList(BaseModel):
    """The list that lies on the crate; its lots are empty until the order is dispatched."""

    order_id: Id
    canteen_id: Id
    cooperative_id: Id
    delivery_day: date
    status: OrderStatus
    dispatched_at: datetime | None
    lines: list[PackingLine]

    @classmethod
    def of(cls, order: Order, packed: Sequence[Row[Any]]) -> "PackingList":
        """Return the list of an order; `packed` are its lots by line."""
        lines = [
            PackingLine(
                line_id=line.line_id,
                food_code=line.food_code,
                temperature_class=TemperatureClass(line.temperature_class),
                ordered_g=line.ordered_g,
                confirmed_g=line.confirmed_g,
                dispatched_g=line.dispatched_g,
                short_reason=line.short_reason,
                lots=[PackedLotRead.model_validate(row) for row in packed if row.line_id == line.line_id],
            )
            for line in order.lines
        ]
        return cls(
            order_id=order.order_id,
            canteen_id=order.canteen_id,
            cooperative_id=order.cooperative_id,
            delivery_day=order.delivery_day,
            status=OrderStatus(order.status),
            dispatched_at=order.dispatched_at,
            lines=lines,
        )
