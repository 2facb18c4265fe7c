"""The tables of planning a county's week. Drafts are kept until it is planned, then only those chosen."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from services.nutrition.rounds.domain import ACTIVE, Prices, Status
from services.nutrition.tables import Table, one_of
from shared.events.nutrition import PlanOutcome

_ACTIVE = text(f"status IN ({', '.join(repr(status.value) for status in ACTIVE)})")


class CountyPlan(Table, table=True):
    """The planning of one county's week; one at a time. `claim` fences off a replica that was taken for dead."""

    __tablename__ = "county_plan"
    __table_args__ = (
        one_of("status", Status),
        one_of("outcome", PlanOutcome),
        CheckConstraint("progress_permille BETWEEN 0 AND 1000", name="progress"),
        Index(
            "uq_county_plan_county_code_week_start",
            "county_code",
            "week_start",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        Index("ix_county_plan_status_heartbeat_at", "status", "heartbeat_at"),
    )

    planning_id: str = Field(primary_key=True, max_length=64)
    county_code: str = Field(max_length=64)
    week_start: date
    status: str = Field(max_length=16)
    publish: bool
    most_rounds: int
    wait_minutes: int
    round: int
    drafted: int
    final: bool
    gap_permille: int | None = None
    canteens: int
    menus: int
    progress_permille: int
    outcome: str | None = Field(default=None, max_length=16)
    reason: str = Field(max_length=500)
    claim: str = Field(max_length=64)
    heartbeat_at: datetime
    wait_until: datetime
    requested_at: datetime
    ended_at: datetime | None = None


class CountyPlanCanteen(Table, table=True):
    """A canteen of a county's plan, and what became of it: the draft chosen, its menu, or why there is none."""

    __tablename__ = "county_plan_canteen"

    planning_id: str = Field(primary_key=True, max_length=64, foreign_key="county_plan.planning_id")
    canteen_id: str = Field(primary_key=True, max_length=64, foreign_key="canteen.canteen_id")
    draft_id: str | None = Field(default=None, max_length=64)
    menu_draft_id: str | None = Field(default=None, max_length=64)
    menu_id: str | None = Field(default=None, max_length=64)
    reason: str = Field(default="", max_length=500)


class CountyRound(Table, table=True):
    """A round as nutrition answered it: `without` are canteens for which no menu was found at its prices.

    `refused` counts prices that could not be meant. Sums are over the drafts: cost at the round's prices, and
    1/1000 points of shortfall × pupils.
    """

    __tablename__ = "county_round"
    __table_args__ = (one_of("prices", Prices),)

    planning_id: str = Field(primary_key=True, max_length=64, foreign_key="county_plan.planning_id")
    round: int = Field(primary_key=True)
    prices: str = Field(max_length=16)
    refused: int
    classes: int
    drafts: int
    without: list[str] = Field(sa_type=JSON)
    cost_fen: int = Field(sa_type=BigInteger)
    pupils: int
    pupil_millipoints: int = Field(sa_type=BigInteger)
    drafted_at: datetime


class CountyDraft(Table, table=True):
    """A menu drafted for a canteen in a round: `meals` are day, meal, dishes; `bought_g` grams as bought by food."""

    __tablename__ = "county_draft"
    __table_args__ = (Index("ix_county_draft_planning_id_canteen_id", "planning_id", "canteen_id"),)

    draft_id: str = Field(primary_key=True, max_length=64)
    planning_id: str = Field(max_length=64, foreign_key="county_plan.planning_id")
    round: int
    canteen_id: str = Field(max_length=64, foreign_key="canteen.canteen_id")
    meals: list[list[Any]] = Field(sa_type=JSON)
    bought_g: dict[str, int] = Field(sa_type=JSON)
    shortfall_millipoints: int
    taste_millipoints: int
    point_fen: int = Field(sa_type=BigInteger)
    cost_fen: int = Field(sa_type=BigInteger)
    pupils: int
