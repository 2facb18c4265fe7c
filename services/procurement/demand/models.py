"""Tables of demand: the menus heard of, their demand lines, and offers a line does not go back to."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field

from services.procurement.tables import Table, big, one_of, table_of


class Menu(Table, table=True):
    """Which versions of a menu were heard: its newest demand with the budget (fen by day), and its withdrawal."""

    __tablename__ = "menu"
    __table_args__ = (Index("ix_menu_week", "week_start", "county_code"),)

    menu_id: str = Field(primary_key=True, max_length=64)
    canteen_id: str = Field(max_length=64)
    county_code: str = Field(max_length=64)
    week_start: date
    demand_version: int = 0
    withdrawn_version: int = 0
    withdrawn_from: date | None = None
    budget_fen: dict[str, int] = Field(default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"})


class DemandLine(Table, table=True):
    """One school × food × delivery day. What is needed and what comes too much = what is ordered, short and waiting."""

    __tablename__ = "demand_line"
    __table_args__ = (
        Index("uq_demand_line_key", "canteen_id", "delivery_day", "food_code", unique=True),
        Index("ix_demand_line_day", "delivery_day", "county_code"),
        CheckConstraint("quantity_g + surplus_g = allocated_g + unmet_g + open_g", name="conserved"),
        CheckConstraint(
            "quantity_g >= 0 AND surplus_g >= 0 AND allocated_g >= 0 AND unmet_g >= 0 AND open_g >= 0", name="grams"
        ),
        one_of("status", ("open", "sourced")),
        one_of("temperature_class", ("ambient", "chilled", "frozen")),
    )

    demand_id: str = Field(primary_key=True, max_length=64)
    canteen_id: str = Field(max_length=64)
    food_code: str = Field(max_length=64)
    delivery_day: date
    county_code: str = Field(max_length=64)
    menu_id: str = Field(max_length=64, index=True)
    menu_version: int
    temperature_class: str = Field(max_length=16)
    quantity_g: int = big()
    allocated_g: int = big()
    open_g: int = big()
    unmet_g: int = big()
    surplus_g: int = big()
    status: str = Field(max_length=16)
    version: int
    stated_at: datetime


class Exclusion(Table, table=True):
    """An offer its cooperative declined or cut short for a demand line: the line does not go back to it."""

    __tablename__ = "exclusion"

    demand_id: str = Field(primary_key=True, max_length=64)
    offer_id: str = Field(primary_key=True, max_length=64)
    excluded_at: datetime


menu = table_of(Menu)
demand_line = table_of(DemandLine)
exclusion = table_of(Exclusion)
