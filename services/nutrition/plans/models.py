"""The tables of planning runs and of the plans they make."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field

from services.nutrition.plans.domain import PlanStatus, RunStatus, Stage
from services.nutrition.tables import Table, one_of


class PlanningRun(Table, table=True):
    """One request to the planner. `claim` fences off a replica that was taken for dead."""

    __tablename__ = "planning_run"
    __table_args__ = (
        Index("ix_planning_run_status_heartbeat_at", "status", "heartbeat_at"),
        one_of("status", RunStatus),
        one_of("stage", Stage),
        CheckConstraint("progress_permille >= 0 AND progress_permille <= 1000", name="progress"),
    )

    run_id: str = Field(primary_key=True, max_length=64)
    county_code: str = Field(max_length=64)
    week_start: date
    weeks: int
    status: str = Field(max_length=16)
    stage: str = Field(max_length=16)
    asked: dict[str, Any] = Field(sa_type=JSON)
    plans: int
    progress_permille: int
    cancel_requested: bool
    claim: str = Field(max_length=64)
    heartbeat_at: datetime
    error: str = Field(max_length=500)
    queued_at: datetime
    finished_at: datetime | None = None
    starts: int = Field(sa_column_kwargs={"server_default": "0"})


class MenuPlan(Table, table=True):
    """One canteen's plan in a run, in the order of `place`."""

    __tablename__ = "menu_plan"
    __table_args__ = (
        Index("ix_menu_plan_run_id_place", "run_id", "place", unique=True),
        Index("ix_menu_plan_canteen_id", "canteen_id", "plan_id"),
        Index("ix_menu_plan_county_code", "county_code", "plan_id"),
        one_of("status", PlanStatus),
    )

    plan_id: str = Field(primary_key=True, max_length=64)
    run_id: str = Field(max_length=64, foreign_key="planning_run.run_id")
    place: int
    canteen_id: str = Field(max_length=64, foreign_key="canteen.canteen_id")
    county_code: str = Field(max_length=64)
    week_start: date
    weeks: int
    status: str = Field(max_length=16)
    queued_at: datetime
    answer: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    inputs: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    clashes: list[dict[str, Any]] = Field(sa_type=JSON)
    taken: int | None = None
    taken_at: datetime | None = None
    draft_ids: list[str] = Field(sa_type=JSON)
