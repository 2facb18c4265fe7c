"""Request bodies and answers about orders."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.farmers.offers.domain import Offer, OfferStatus
from services.farmers.orders.answers import Wanted
from services.farmers.orders.domain import Answer, Order, OrderStatus
from shared.errors import DomainError
from shared.fields import Code, FenPerKg, Grams, Id, Reason, TemperatureClass, Version
from shared.market import Asked, Reference, ReferenceRead
from shared.routing import Input


class LineWanted(Input):
    """What the cooperative confirms of one line."""

    line_id: Id
    confirmed_g: Grams


class Acceptance(Input):
    """All that is promised (`lines` left out), or these grams of the lines named and nothing of the others."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{}, {"lines": [{"line_id": "line-1", "confirmed_g": 12_500}], "reason": "hail on Tuesday"}]
        }
    )

    lines: list[LineWanted] | None = Field(default=None, min_length=1, max_length=200)
    reason: Reason | None = None

    def wanted(self) -> list[Wanted] | None:
        """Return the values the rules work with."""
        return None if self.lines is None else [Wanted(line.line_id, line.confirmed_g) for line in self.lines]


class Refusing(Input):
    """Why nothing of the order is taken."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the road is closed until Friday"}]})

    reason: Reason


class Named(Input):
    """Orders by their ids, to be taken in this order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"order_ids": ["order-1", "order-2"]}]})

    order_ids: list[Id] = Field(min_length=1, max_length=200)


class Reduction(Input):
    """What is really there of an offer (0: nothing), and why; who loses a promise reads it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"quantity_g": 60_000, "reason": "hail on Tuesday"}]})

    quantity_g: Annotated[int, Field(ge=0, le=1_000_000_000, description="g")]
    reason: Reason


class LineRead(BaseModel):
    """One line; `promised_g` is held for it in the offer, the other five are never mixed (g)."""

    model_config = ConfigDict(from_attributes=True)

    line_id: Id
    food_code: Code
    offer_id: Id
    temperature_class: TemperatureClass
    price_fen_per_kg: FenPerKg
    promised_g: Grams
    ordered_g: Grams
    confirmed_g: Grams
    dispatched_g: Grams
    received_g: Grams | None
    accepted_g: Grams | None
    short_reason: str | None


class OrderRead(BaseModel):
    """An order in the cooperative's inbox."""

    model_config = ConfigDict(from_attributes=True)

    order_id: Id
    version: Version
    canteen_id: Id
    cooperative_id: Id
    county_code: Code
    delivery_day: date
    answer_by: datetime
    placed_at: datetime
    status: OrderStatus
    answer: Answer | None
    answer_reason: str | None
    answered_at: datetime | None
    closing_reason: str | None
    dispatched_at: datetime | None
    dispatch_reason: str | None
    lines: list[LineRead]

    @classmethod
    def of(cls, order: Order) -> "OrderRead":
        """Return what is shown of an order."""
        return cls.model_validate(order)


class LineShown(LineRead):
    """One line, with the public market's price of the delivery day (until then: today's) beside its own."""

    reference: ReferenceRead | None


class OrderShown(OrderRead):
    """An order in the cooperative's inbox with the public market's prices."""

    lines: list[LineShown]  # type: ignore[assignment]

    @classmethod
    def beside(cls, order: Order, references: Mapping[Asked, Reference]) -> "OrderShown":
        """Return what is shown of an order beside the public market's prices."""
        # Validated once, as plain values: models made of models cost three times as much, and a page has 50 orders.
        lines = [
            {**line._asdict(), "reference": ReferenceRead.of(references.get(asked), line.price_fen_per_kg)}
            for line, asked in zip(order.lines, order.asked, strict=True)
        ]
        head = {name: getattr(order, name) for name in cls.model_fields if name != "lines"}
        return cls.model_validate({**head, "lines": lines})


class ReducedRead(BaseModel):
    """The offer as it is now, and the orders that lost grams they were promised."""

    offer_id: Id
    quantity_g: Grams
    promised_g: Grams
    status: OfferStatus
    version: Version
    orders: list[OrderRead]

    @classmethod
    def of(cls, offer: Offer, orders: Sequence[Order]) -> "ReducedRead":
        """Return what is shown of a reduction."""
        return cls(
            offer_id=offer.offer_id,
            quantity_g=offer.terms.quantity_g,
            promised_g=offer.promised_g,
            status=OfferStatus(offer.status),
            version=offer.version,
            orders=[OrderRead.of(order) for order in orders],
        )


class OrderPage(BaseModel):
    """Orders ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[OrderShown]
    next: Id | None


class OrderRefusal(BaseModel):
    """Why one of several orders was not taken."""

    order_id: Id
    field: str
    rule: str
    detail: str

    @classmethod
    def of(cls, order_id: str, error: DomainError) -> "OrderRefusal":
        """Return what is shown of a broken rule."""
        return cls(order_id=order_id, field=error.field or "", rule=error.rule, detail=error.detail)


class AcceptedRead(BaseModel):
    """The orders accepted, and why others were not."""

    accepted: list[OrderRead]
    refused: list[OrderRefusal]
