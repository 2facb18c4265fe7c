"""Bodies of the day plans' routes."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from services.logistics.plans.schemas import PlanRead, Search
from shared.fields import Day


class DayPlanRequest(Search):
    """Plan the trips of all counties of a day; the budget is each county's."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"day": "2026-11-30", "seconds": 20, "seed": 1}]})

    day: Day


class DayPlanRead(BaseModel):
    """How far the planning of a day's counties is, what came of it so far, and each county's plan."""

    day_plan_id: str
    day: date
    status: str = Field(examples=["running", "done", "failed", "cancelled"])
    progress_permille: int
    counties: dict[str, int] = Field(description="how many counties' plans are in each status")
    requested_at: datetime
    finished_at: datetime | None
    trips: int
    consignments: int
    unplanned: int
    distance_m: int
    cost_fen: int
    plans: list[PlanRead]
