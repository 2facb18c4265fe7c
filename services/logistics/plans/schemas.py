"""Bodies of the trip plans' routes."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from shared.fields import Code
from shared.routing import Input


class PlanRequest(Input):
    """Plan the trips of a county's day."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"county_code": "520628", "day": "2026-11-30"}]})

    county_code: Code
    day: date


class Unplanned(BaseModel):
    """A consignment no vehicle takes, and why."""

    order_id: str
    reason: str = Field(examples=["heavier-than-any-vehicle"])


class PlanRead(BaseModel):
    """A trip plan: how far it is and what came of it."""

    plan_id: str
    county_code: str
    day: date
    status: str
    progress_permille: int
    requested_at: datetime
    finished_at: datetime | None
    trips: int
    consignments: int
    unplanned: list[Unplanned]
    failure: str


class Plans(BaseModel):
    """A page of trip plans."""

    items: list[PlanRead]
    next: str | None
