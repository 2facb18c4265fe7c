"""The table of menu templates."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from services.nutrition.tables import Table


class MenuTemplate(Table, table=True):
    """A week for a group of canteens, changed in place: `meals` are weekday, meal and dish codes."""

    __tablename__ = "menu_template"
    __table_args__ = (Index("ix_menu_template_group_id", "group_id"),)

    template_id: str = Field(primary_key=True, max_length=64)
    group_id: str = Field(max_length=64, foreign_key="canteen_group.group_id")
    version: int
    name: str = Field(max_length=200)
    meals: list[dict[str, Any]] = Field(sa_type=JSON)
    created_at: datetime
    changed_at: datetime
