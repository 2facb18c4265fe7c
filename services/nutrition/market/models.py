"""Nutrition's copy of what cooperatives offer, built from events alone; the highest version of each fact wins."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.nutrition.tables import Table


class Cooperative(Table, table=True):
    """Who a cooperative is and which county it belongs to."""

    __tablename__ = "cooperative"

    cooperative_id: str = Field(primary_key=True, max_length=64)
    version: int
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    county_code: str = Field(max_length=64)


class Offer(Table, table=True):
    """What a cooperative can deliver in all between two days, both included; a withdrawn one delivers nothing more."""

    __tablename__ = "offer"
    __table_args__ = (
        Index("ix_offer_county_code_window", "county_code", "available_until", "available_from"),
        CheckConstraint("quantity_g >= 0", name="grams"),
    )

    offer_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64)
    county_code: str = Field(max_length=64)
    version: int
    withdrawn: bool
    food_code: str = Field(max_length=64)
    available_from: date
    available_until: date
    quantity_g: int = Field(sa_type=BigInteger)
    price_fen_per_kg: int
    poor_share_permille: int
    contract_id: str | None = Field(default=None, max_length=64)


class Contract(Table, table=True):
    """What a cooperative agreed to deliver in a season, in `deliveries` by week (its Monday, g), and how it is paid.

    One that is not `open` delivers only what was offered under it.
    """

    __tablename__ = "contract"
    __table_args__ = (
        Index("ix_contract_county_code_season", "county_code", "season_until", "season_from"),
        CheckConstraint("remaining_g >= 0", name="grams"),
    )

    contract_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64)
    county_code: str = Field(max_length=64)
    version: int
    open: bool
    food_code: str = Field(max_length=64)
    season_from: date
    season_until: date
    remaining_g: int = Field(sa_type=BigInteger)
    deliveries: dict[str, int] = Field(sa_type=JSON)
    price_fen_per_kg: int | None = None
    difference_permille: int | None = None
    floor_at_market_mean: bool
    poor_share_permille: int


class PriceRound(Table, table=True):
    """What procurement told of one round of planning a county's week; rows are added, never changed.

    `prices` holds by food: fen per kg, 1/1000 reaching poor households, 1/1000 staying in the county, g available or
    null. `chosen` holds the draft of each canteen procurement chose one for.
    """

    __tablename__ = "price_round"
    __table_args__ = (
        CheckConstraint("round >= 1", name="round"),
        Index("ix_price_round_county_code_week_start", "county_code", "week_start"),
    )

    planning_id: str = Field(primary_key=True, max_length=64)
    round: int = Field(primary_key=True)
    county_code: str = Field(max_length=64)
    week_start: date
    final: bool
    gap_permille: int | None = None
    prices: dict[str, list[Any]] = Field(sa_type=JSON)
    chosen: dict[str, str] = Field(sa_type=JSON)
    published_at: datetime
