"""Tables of trip plans."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from services.logistics.tables import Table, one_of


class TripPlan(Table, table=True):
    """A request to make trips for a county's day.

    `claim` names the run that works on it, `heartbeat_at` proves that it lives. `unplanned` ([{order_id, reason,
    detail}]) and `notes` (who made which part, by which roads) are written once, with the result. `seconds`,
    `iterations` and `seed` are those of the search. With `changes` (a dispatcher's wishes) the day is planned anew;
    the `proposal` waits until it is applied. Plans that were requested for all counties of a day share a `day_plan_id`.
    """

    __tablename__ = "trip_plan"
    __table_args__ = (
        one_of("status", ("queued", "running", "proposed", "done", "cancelled", "failed")),
        Index("ix_trip_plan_status_plan_id", "status", "plan_id"),
    )

    plan_id: str = Field(primary_key=True)
    county_code: str
    day: date
    status: str
    progress_permille: int = 0
    attempts: int = 0
    claim: str | None = None
    heartbeat_at: datetime | None = None
    requested_at: datetime
    finished_at: datetime | None = None
    trips: int = 0
    consignments: int = 0
    unplanned: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    failure: str = ""
    seconds: int
    iterations: int
    seed: int
    distance_m: int = 0
    cost_fen: int = Field(default=0, sa_type=BigInteger)
    notes: list[str] = Field(default_factory=list, sa_type=JSON)
    changes: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)
    proposal: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    day_plan_id: str | None = Field(default=None, index=True)
