"""The table of substitutions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from services.procurement.substitution.domain import Status
from services.procurement.tables import Table, big, one_of, table_of


class Substitution(Table, table=True):
    """What nobody had for a demand line, what is proposed to be served instead, and what became of it."""

    __tablename__ = "substitution"
    __table_args__ = (
        Index("ix_substitution_county_code", "county_code", "status", "substitution_id"),
        one_of("status", Status),
    )

    substitution_id: str = Field(primary_key=True, max_length=64)
    demand_id: str = Field(max_length=64, index=True)
    canteen_id: str = Field(max_length=64)
    county_code: str = Field(max_length=64)
    food_code: str = Field(max_length=64)
    delivery_day: date
    unmet_g: int = big()
    status: str = Field(max_length=16)
    asked_at: datetime
    menu_id: str | None = Field(default=None, max_length=64)
    menu_version: int | None = None
    dishes: list[dict[str, Any]] = Field(sa_type=JSON)
    foods: list[dict[str, Any]] = Field(sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    chosen_food: str | None = Field(default=None, max_length=64)
    county_unmet_g: int | None = big(default=None, nullable=True)
    reason: str = Field(max_length=1000)
    official: str = Field(max_length=200)
    decided_at: datetime | None = None


substitution = table_of(Substitution)
