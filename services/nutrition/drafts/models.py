"""The table of drafts. Nobody outside hears of a draft: it is changed in place, one version after the other."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field

from services.nutrition.drafts.domain import DraftStatus, Origin
from services.nutrition.tables import Table, one_of


class MenuDraft(Table, table=True):
    """A menu of one canteen and week that nobody was told of; `menu_id` is what it became.

    `meals` are day, meal, dish codes and headcounts (null for everybody); `left_empty` says what its maker left out.
    """

    __tablename__ = "menu_draft"
    __table_args__ = (
        one_of("status", DraftStatus),
        one_of("origin", Origin),
        CheckConstraint("(status = 'published') = (menu_id IS NOT NULL)", name="menu_id"),
        Index("ix_menu_draft_canteen_id_week_start", "canteen_id", "week_start"),
        Index("ix_menu_draft_week_start", "week_start"),
    )

    draft_id: str = Field(primary_key=True, max_length=64)
    canteen_id: str = Field(max_length=64, foreign_key="canteen.canteen_id")
    week_start: date
    version: int
    status: str = Field(max_length=16)
    origin: str = Field(max_length=16)
    source_id: str | None = Field(default=None, max_length=64)
    name: str = Field(max_length=200)
    diets_apart: bool
    meals: list[dict[str, Any]] = Field(sa_type=JSON)
    left_empty: list[dict[str, Any]] = Field(sa_type=JSON)
    menu_id: str | None = Field(default=None, max_length=64, foreign_key="menu.menu_id")
    created_at: datetime
    changed_at: datetime
