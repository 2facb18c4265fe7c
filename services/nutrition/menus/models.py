"""The tables of menus. Every version of a menu is kept; its demand lines are those of the present version."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from services.nutrition.menus.domain import Change, Status
from services.nutrition.tables import Table, one_of
from shared.fields import Meal, TemperatureClass


class Menu(Table, table=True):
    """One school, one week; a withdrawn menu stands for the days before `from_day`."""

    __tablename__ = "menu"
    __table_args__ = (
        one_of("status", Status),
        CheckConstraint("(status = 'withdrawn') = (from_day IS NOT NULL)", name="from_day"),
        Index(
            "uq_menu_canteen_id_week_start",
            "canteen_id",
            "week_start",
            unique=True,
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
        ),
        Index("ix_menu_canteen_id_week_start", "canteen_id", "week_start"),
        Index("ix_menu_week_start", "week_start"),
        Index("ix_menu_county_code", "county_code", "menu_id"),
    )

    menu_id: str = Field(primary_key=True, max_length=64)
    canteen_id: str = Field(max_length=64, foreign_key="canteen.canteen_id")
    county_code: str = Field(max_length=64)
    week_start: date
    version: int
    status: str = Field(max_length=16)
    from_day: date | None = None
    published_at: datetime


class MenuVersion(Table, table=True):
    """What was told under one version, and why; rows are added, never changed.

    `prices` are what its foods cost the county when it was told: fen per kg, where the price came from, and the
    permille to the own county and to poor households. Null for versions of before they were kept, and for withdrawals.
    """

    __tablename__ = "menu_version"
    __table_args__ = (one_of("change", Change),)

    menu_id: str = Field(primary_key=True, max_length=64, foreign_key="menu.menu_id")
    version: int = Field(primary_key=True)
    change: str = Field(max_length=16)
    reason: str = Field(max_length=500)
    told_at: datetime
    demand: list[dict[str, Any]] = Field(sa_type=JSON)
    prices: dict[str, list[Any]] | None = Field(default=None, sa_type=JSON(none_as_null=True))


class MenuMeal(Table, table=True):
    """A meal under one version of a menu; rows are added, never changed.

    `headcounts` are by age band, `dishes` pairs of code and version, `planned_g` grams as bought by food.
    """

    __tablename__ = "menu_meal"
    __table_args__ = (one_of("meal", Meal), CheckConstraint("headcount > 0", name="headcount"))

    menu_id: str = Field(primary_key=True, max_length=64, foreign_key="menu.menu_id")
    version: int = Field(primary_key=True)
    day: date = Field(primary_key=True)
    meal: str = Field(primary_key=True, max_length=16)
    headcount: int
    headcounts: dict[str, int] = Field(sa_type=JSON)
    dishes: list[list[Any]] = Field(sa_type=JSON)
    planned_g: dict[str, int] = Field(sa_type=JSON)


class DemandLine(Table, table=True):
    """School × food × delivery day of a menu's present version, in g as bought.

    `accepted_g` came in for it, `used_g` was taken from the store for its meals, `left_g` is planned for meals not yet
    served, `reserved_g` is what the next menu may not count on.
    """

    __tablename__ = "demand_line"
    __table_args__ = (
        one_of("temperature_class", TemperatureClass),
        CheckConstraint("gross_g = quantity_g + from_stock_g", name="conserved"),
        CheckConstraint("gross_g > 0 AND quantity_g >= 0 AND from_stock_g >= 0", name="demand"),
        CheckConstraint("accepted_g >= 0 AND used_g >= 0 AND left_g >= 0 AND reserved_g >= 0", name="store"),
        Index("ix_demand_line_canteen_id_delivery_day", "canteen_id", "delivery_day", "food_code"),
    )

    menu_id: str = Field(primary_key=True, max_length=64, foreign_key="menu.menu_id")
    delivery_day: date = Field(primary_key=True)
    food_code: str = Field(primary_key=True, max_length=64)
    canteen_id: str = Field(max_length=64)
    temperature_class: str = Field(max_length=16)
    gross_g: int = Field(sa_type=BigInteger)
    from_stock_g: int = Field(sa_type=BigInteger)
    quantity_g: int = Field(sa_type=BigInteger)
    accepted_g: int = Field(sa_type=BigInteger)
    used_g: int = Field(sa_type=BigInteger)
    left_g: int = Field(sa_type=BigInteger)
    reserved_g: int = Field(sa_type=BigInteger)
