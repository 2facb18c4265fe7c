"""Bodies of the order routes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, Field

from services.procurement.orders.domain import Line, Order, Status
from services.procurement.rows import row_of
from services.procurement.sourcing.domain import reason
from shared.fields import Reason
from shared.market import Asked, Reference, ReferenceRead
from shared.routing import Input


class Cancellation(Input):
    """Why an order is called off; the cooperative reads it."""

    reason: Reason = Field(examples=["the school is closed that day"])


class LineRead(BaseModel):
    """One order line with its five quantities in grams, kept apart, and the reason why this offer was taken."""

    line_id: str
    food_code: str
    offer_id: str
    temperature_class: str
    price_fen_per_kg: int
    ordered_g: int
    confirmed_g: int
    dispatched_g: int
    received_g: int
    accepted_g: int
    short_g: int
    amount_fen: int
    reason: str
    reference: ReferenceRead | None

    @classmethod
    def of(cls, line: Line, reference: Reference | None) -> Self:
        """Return the answer about a line, with the public market's price beside its own."""
        why = reason(line.rank, line.price_fen_per_kg, line.poor_share_permille, line.distance_m)
        market = ReferenceRead.of(reference, line.price_fen_per_kg)
        own = [name for name in cls.model_fields if name not in ("reason", "reference")]
        return cls(**row_of(line, own), reason=why, reference=market)


class OrderRead(BaseModel):
    """A purchase order."""

    order_id: str
    canteen_id: str
    cooperative_id: str
    county_code: str
    delivery_day: date
    status: Status
    version: int
    run_id: str
    answer_by: datetime
    placed_at: datetime
    confirmed_at: datetime | None
    dispatched_at: datetime | None
    lines: list[LineRead]

    @classmethod
    def of(cls, order: Order, references: Mapping[Asked, Reference]) -> Self:
        """Return the answer about an order."""
        head = row_of(order, [name for name in cls.model_fields if name != "lines"])
        market = {line.food_code: references.get(asked) for line, asked in zip(order.lines, order.asked, strict=True)}
        return cls(**head, lines=[LineRead.of(line, market[line.food_code]) for line in order.lines])
