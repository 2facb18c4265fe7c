"""Tables of sourcing: its runs, and what nobody had."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field

from services.procurement.tables import Table, big, one_of, table_of


class SourcingRun(Table, table=True):
    """One county's week matched against the offers. `claim` fences off a replica that was taken for dead."""

    __tablename__ = "sourcing_run"
    __table_args__ = (
        Index("ix_sourcing_run_status_heartbeat_at", "status", "heartbeat_at"),
        one_of("kind", ("orders", "again", "exact")),
        one_of("status", ("queued", "running", "done", "cancelled", "failed")),
        CheckConstraint("progress_permille >= 0 AND progress_permille <= 1000", name="progress"),
    )

    run_id: str = Field(primary_key=True, max_length=64)
    county_code: str = Field(max_length=64, index=True)
    week_start: date
    kind: str = Field(max_length=16, sa_column_kwargs={"server_default": "orders"})
    status: str = Field(max_length=16)
    progress_permille: int = 0
    cancel_requested: bool = False
    claim: str = Field(default="", max_length=64)
    heartbeat_at: datetime
    passes: int = 0
    demand_lines: int = 0
    allocations: int = 0
    orders: int = 0
    allocated_g: int = big(default=0)
    cost_fen: int = big(default=0)
    poor_cost_fen: int = big(default=0)
    premium_permille: int | None = None
    weighed_fen: int | None = big(default=None)
    least_weighed_fen: int | None = big(default=None)
    gap_ppm: int | None = None
    error: str = Field(default="", max_length=500)
    queued_at: datetime
    finished_at: datetime | None = None


class Shortfall(Table, table=True):
    """What nobody had for a demand line in a run, and what stood against how many offers of its food."""

    __tablename__ = "shortfall"

    run_id: str = Field(primary_key=True, max_length=64)
    demand_id: str = Field(primary_key=True, max_length=64)
    unmet_g: int = big()
    why: dict[str, int] = Field(default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"})


sourcing_run = table_of(SourcingRun)
shortfall = table_of(Shortfall)
