"""The table of cycle menus."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field

from services.nutrition.tables import Table


class MenuCycle(Table, table=True):
    """Weeks of meals for a canteen or a group of canteens, from `starts_on` on; `weeks` are lists of meals by weekday.

    Changed in place: drafts made of it keep what they took.
    """

    __tablename__ = "menu_cycle"
    __table_args__ = (
        CheckConstraint("(canteen_id IS NULL) <> (group_id IS NULL)", name="owner"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_on"),
        Index("ix_menu_cycle_county_code", "county_code", "cycle_id"),
        Index("ix_menu_cycle_canteen_id", "canteen_id"),
        Index("ix_menu_cycle_group_id", "group_id"),
    )

    cycle_id: str = Field(primary_key=True, max_length=64)
    canteen_id: str | None = Field(default=None, max_length=64, foreign_key="canteen.canteen_id")
    group_id: str | None = Field(default=None, max_length=64, foreign_key="canteen_group.group_id")
    county_code: str = Field(max_length=64)
    version: int
    name: str = Field(max_length=200)
    starts_on: date
    ends_on: date | None = None
    weeks: list[list[dict[str, Any]]] = Field(sa_type=JSON)
    created_at: datetime
    changed_at: datetime
