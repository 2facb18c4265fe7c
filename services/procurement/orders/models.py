"""Tables of orders. A line keeps five quantities apart: ordered, confirmed, dispatched, received, accepted (g)."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field

from services.procurement.orders.domain import Lost, Supplier
from services.procurement.orders.states import Status
from services.procurement.tables import Table, big, one_of, table_of


class PurchaseOrder(Table, table=True):
    """One school orders from one cooperative for one delivery day."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        Index("ix_purchase_order_canteen_id_delivery_day", "canteen_id", "delivery_day"),
        Index("ix_purchase_order_cooperative_id_delivery_day", "cooperative_id", "delivery_day"),
        Index("ix_purchase_order_delivery_day_county_code", "delivery_day", "county_code"),
        Index("ix_purchase_order_status_order_id", "status", "order_id"),
        one_of("status", Status),
        one_of("supplier", Supplier),
        CheckConstraint("owed_fen >= 0", name="owed"),
    )

    order_id: str = Field(primary_key=True, max_length=64)
    canteen_id: str = Field(max_length=64)
    cooperative_id: str = Field(max_length=64)
    county_code: str = Field(max_length=64)
    delivery_day: date
    status: str = Field(max_length=16)
    version: int
    run_id: str = Field(max_length=64, index=True)
    answer_by: datetime
    placed_at: datetime
    confirmed_at: datetime | None = None
    dispatched_at: datetime | None = None
    answered_at: datetime | None = None
    approve_by: datetime | None = None
    owed_fen: int = big(sa_column_kwargs={"server_default": "0"})
    supplier: str = Field(max_length=16, sa_column_kwargs={"server_default": "cooperative"})


class OrderLine(Table, table=True):
    """Grams of one food from one offer for one demand line, with the reason why this offer was taken."""

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("dispatched_g <= confirmed_g AND confirmed_g <= ordered_g", name="promised"),
        CheckConstraint("accepted_g BETWEEN 0 AND received_g AND received_g <= dispatched_g", name="delivered"),
        CheckConstraint("short_g >= 0", name="short"),
        one_of("temperature_class", ("ambient", "chilled", "frozen")),
        one_of("lost", Lost),
    )

    line_id: str = Field(primary_key=True, max_length=64)
    order_id: str = Field(max_length=64, foreign_key="purchase_order.order_id", index=True)
    demand_id: str = Field(max_length=64, index=True)
    food_code: str = Field(max_length=64)
    offer_id: str = Field(max_length=64)
    temperature_class: str = Field(max_length=16)
    price_fen_per_kg: int
    ordered_g: int = big()
    confirmed_g: int = big(default=0)
    dispatched_g: int = big(default=0)
    received_g: int = big(default=0)
    accepted_g: int = big(default=0)
    short_g: int = big(default=0)
    amount_fen: int = big(default=0)
    rank: int
    distance_m: int | None = None
    poor_share_permille: int
    packed_short_reason: str | None = Field(default=None, max_length=500)
    lost: str | None = Field(default=None, max_length=16)
    lost_reason: str | None = Field(default=None, max_length=500)


class OrderVersion(Table, table=True):
    """What an order was as of a version, by whom and why: ordered and confirmed grams by line."""

    __tablename__ = "order_version"
    __table_args__ = (one_of("status", Status),)

    order_id: str = Field(primary_key=True, max_length=64, foreign_key="purchase_order.order_id")
    version: int = Field(primary_key=True)
    status: str = Field(max_length=16)
    who: str = Field(max_length=200)
    why: str = Field(max_length=500)
    at: datetime
    grams: dict[str, list[int]] = Field(sa_type=JSON)


class PackedLot(Table, table=True):
    """Which lots an order line was packed from: whom a recall takes food from."""

    __tablename__ = "packed_lot"

    lot_id: str = Field(primary_key=True, max_length=64)
    line_id: str = Field(primary_key=True, max_length=64)
    order_id: str = Field(max_length=64, foreign_key="purchase_order.order_id", index=True)


class RecalledLot(Table, table=True):
    """A lot that was recalled, whether what was packed from it is heard of already or not."""

    __tablename__ = "recalled_lot"

    lot_id: str = Field(primary_key=True, max_length=64)
    reason: str = Field(max_length=500)
    raised_at: datetime


order_version = table_of(OrderVersion)
packed_lot = table_of(PackedLot)
recalled_lot = table_of(RecalledLot)
purchase_order = table_of(PurchaseOrder)
order_line = table_of(OrderLine)
