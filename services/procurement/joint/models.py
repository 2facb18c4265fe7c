"""The tables of planning a county's week with its farms. Drafts are kept until it is settled, then those chosen."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.procurement.joint.domain import Status
from services.procurement.tables import Table, big, one_of, table_of
from shared.events.nutrition import PlanOutcome


class JointPlan(Table, table=True):
    """The planning of one county's week. `claim` fences off a replica that was taken for dead."""

    __tablename__ = "joint_plan"
    __table_args__ = (
        one_of("status", Status),
        one_of("outcome", PlanOutcome),
        CheckConstraint("progress_permille BETWEEN 0 AND 1000", name="progress"),
        Index("ix_joint_plan_status_heartbeat_at", "status", "heartbeat_at"),
    )

    planning_id: str = Field(primary_key=True, max_length=64)
    county_code: str = Field(max_length=64, index=True)
    week_start: date
    status: str = Field(max_length=16)
    canteens: int
    foods: dict[str, Any] = Field(sa_type=JSON)
    most_rounds: int
    wait_minutes: int
    wait_until: datetime
    requested_at: datetime
    heartbeat_at: datetime
    round: int
    drafts_told: int | None = None
    progress_permille: int
    claim: str = Field(max_length=64)
    premium_permille: int | None = None
    gap_ppm: int | None = None
    weighed_fen: int | None = big(default=None)
    cost_fen: int | None = big(default=None)
    poor_fen: int | None = big(default=None)
    shortfall_millipoints: int | None = None
    first_weighed_fen: int | None = big(default=None)
    first_cost_fen: int | None = big(default=None)
    first_poor_fen: int | None = big(default=None)
    first_shortfall_millipoints: int | None = None
    outcome: str | None = Field(default=None, max_length=16)
    menus: int | None = None
    reason: str = Field(max_length=500)
    ended_at: datetime | None = None


class JointRound(Table, table=True):
    """A round: its prices by food (fen per kg, 1/1000 poor and local, g left), and what its drafts brought."""

    __tablename__ = "joint_round"

    planning_id: str = Field(primary_key=True, max_length=64, foreign_key="joint_plan.planning_id")
    round: int = Field(primary_key=True)
    final: bool
    prices: dict[str, Any] = Field(sa_type=JSON)
    told_at: datetime
    drafts: int | None = None
    premium_permille: int | None = None
    weighed_fen: int | None = big(default=None)
    bound_fen: int | None = big(default=None)
    gap_ppm: int | None = None
    unsettled_ppm: int | None = None
    taken_at: datetime | None = None


class JointDraft(Table, table=True):
    """What a canteen would need for the menu drafted in a round: `needs` are grams by food and day."""

    __tablename__ = "joint_draft"
    __table_args__ = (Index("ix_joint_draft_planning_id_round", "planning_id", "round"),)

    draft_id: str = Field(primary_key=True, max_length=64)
    planning_id: str = Field(max_length=64, foreign_key="joint_plan.planning_id")
    round: int
    canteen_id: str = Field(max_length=64)
    needs: dict[str, Any] = Field(sa_type=JSON)
    shortfall_millipoints: int
    taste_millipoints: int
    point_fen: int = Field(sa_type=BigInteger)
    bound_fen: int | None = big(default=None)


joint_plan = table_of(JointPlan)
joint_round = table_of(JointRound)
joint_draft = table_of(JointDraft)
