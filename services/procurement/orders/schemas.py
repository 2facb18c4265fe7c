"""Bodies of the order routes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from services.procurement.orders.domain import Line, Lost, Order, Party, Supplier
from services.procurement.orders.manual import Wanted
from services.procurement.orders.states import Status
from services.procurement.orders.usecases import Call
from services.procurement.orders.versions import Author, Version, amount_of, differences, with_present
from services.procurement.rows import row_of
from services.procurement.sourcing.reasons.choices import about_choice
from shared.errors import DomainError
from shared.fields import Code, Day, Grams, Id, Name, PositiveGrams, Reason
from shared.market import Asked, Reference, ReferenceRead
from shared.routing import Input


class ByHand(Input):
    """Who changes an order, on whose side, and why; the supplier reads the reason."""

    reason: Reason = Field(examples=["the school is closed that day"])
    by: Party = Field(default=Party.SCHOOL, description="after ordering closed only an official", examples=["school"])
    name: Name | None = Field(default=None, examples=["陈老师（虚构）"])

    @property
    def call(self) -> Call:
        """The value the use case works with."""
        return Call(self.by, self.name or "", self.reason)


class Cancellation(ByHand):
    """Why an order is called off."""


class LineLowered(Input):
    """What a line orders from now on."""

    line_id: Id
    ordered_g: Grams


class Lowering(ByHand):
    """Lines of an order and the grams they order from now on; lines that are not named stay."""

    lines: Annotated[list[LineLowered], Field(min_length=1, max_length=200)] = Field(
        examples=[[{"line_id": "0b7a5f6e-54b1-5b8e-9d0f-3a4b5c6d7e8f", "ordered_g": 12000}]]
    )

    @property
    def grams(self) -> dict[str, int]:
        """The new grams by line. Raises DomainError for a line named twice."""
        lowered = {line.line_id: line.ordered_g for line in self.lines}
        if len(lowered) < len(self.lines):
            raise DomainError("line-twice", "a line is named once", field="lines")
        return lowered


class Approval(Input):
    """The official who approves an order."""

    official: Name = Field(examples=["李主任（虚构）"])
    reason: Reason = Field(default="approved", examples=["covered by the term's budget"])

    @property
    def author(self) -> Author:
        """Who is named with the version that comes of it."""
        return Author(f"official: {self.official}", self.reason)


class Refusal(Approval):
    """The official who refuses an order, and why."""

    reason: Reason = Field(examples=["too much at once from one supplier"])


class OrderByHand(Refusal):
    """What an official orders for a school from an offer."""

    canteen_id: Id = Field(examples=["school-520628-001"])
    food_code: Code = Field(examples=["napa_cabbage"])
    delivery_day: Day = Field(examples=["2026-11-30"])
    offer_id: Id = Field(examples=["offer-520628-001-napa-cabbage"])
    quantity_g: PositiveGrams = Field(examples=[25000])
    reason: Reason = Field(examples=["nobody else delivers to the village that day"])

    @property
    def wanted(self) -> Wanted:
        """The value the use case works with."""
        return Wanted(self.canteen_id, self.food_code, self.delivery_day, self.offer_id, self.quantity_g)


class LineRead(BaseModel):
    """One order line with its five quantities in grams, kept apart, and why this offer was taken.

    It was number `rank` of the offers a school could choose from (0: the market supplier's), `distance_m` away.

    What is missing between them is sourced again by itself: what the answer left out (`short_g`), and what was
    confirmed and not packed, of which `packed_short_reason` is the cooperative's word. So is a line that was packed and
    does not come: `lost` says that its lot was recalled or nothing could bring it, `lost_reason` why.
    """

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
    packed_short_reason: str | None
    lost: Lost | None
    lost_reason: str | None
    amount_fen: int
    rank: int
    distance_m: int | None
    poor_share_permille: int
    text_en: str
    text_zh: str
    reference: ReferenceRead | None

    @classmethod
    def of(cls, line: Line, reference: Reference | None) -> Self:
        """Return the answer about a line, with the public market's price beside its own."""
        said = about_choice(line.rank, line.price_fen_per_kg, line.poor_share_permille, line.distance_m)
        market = ReferenceRead.of(reference, line.price_fen_per_kg)
        own = [name for name in cls.model_fields if name not in ("text_en", "text_zh", "reference")]
        return cls(**row_of(line, own), text_en=said.en, text_zh=said.zh, reference=market)


class OrderRead(BaseModel):
    """A purchase order; `amount_fen` is what stands of it at its prices, `owed_fen` what calling off late costs.

    `supplier` is `market` where no cooperative had the food and the licensed market supplier delivers it.
    """

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
    answered_at: datetime | None
    approve_by: datetime | None
    owed_fen: int
    supplier: Supplier
    amount_fen: int
    lines: list[LineRead]

    @classmethod
    def of(cls, order: Order, references: Mapping[Asked, Reference]) -> Self:
        """Return the answer about an order."""
        head = row_of(order, [name for name in cls.model_fields if name != "lines"])
        market = {line.food_code: references.get(asked) for line, asked in zip(order.lines, order.asked, strict=True)}
        return cls(**head, lines=[LineRead.of(line, market[line.food_code]) for line in order.lines])


class LineVersion(BaseModel):
    """What a line ordered as of a version, and what was confirmed of it."""

    line_id: str
    food_code: str
    ordered_g: int
    confirmed_g: int


class DifferenceRead(BaseModel):
    """What a version changed of a line; `quantity` is `ordered` or `confirmed`."""

    line_id: str
    food_code: str
    quantity: str
    before_g: int
    after_g: int


class VersionRead(BaseModel):
    """An order as of a version, who made it so and why, and the difference to the version before."""

    version: int
    status: Status
    who: str
    why: str
    at: datetime
    amount_fen: int
    lines: list[LineVersion]
    differences: list[DifferenceRead]


class OrderVersions(BaseModel):
    """All versions kept of an order, the first one first."""

    order_id: str
    items: list[VersionRead]

    @classmethod
    def of(cls, order: Order, kept: Sequence[Version]) -> Self:
        """Return the answer about an order's versions."""
        foods = {line.line_id: line.food_code for line in order.lines}
        items, before = [], None
        for version in with_present(kept, order):
            lines = [
                LineVersion(line_id=key, food_code=foods[key], ordered_g=grams[0], confirmed_g=grams[1])
                for key, grams in version.grams.items()
            ]
            changed = [
                DifferenceRead(**row_of(each, each.__slots__), food_code=foods[each.line_id])
                for each in differences(before, version)
            ]
            head = row_of(version, ("version", "status", "who", "why", "at"))
            items.append(VersionRead(**head, amount_fen=amount_of(version, order), lines=lines, differences=changed))
            before = version
        return cls(order_id=order.order_id, items=items)
