"""Bodies of the trip plans' routes."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.logistics.trips.budget import Budget
from shared.fields import Code, Day, Id
from shared.routing import Input

Seconds = Annotated[int, Field(ge=0, le=600, description="s to search at most; 0: the greedy plan")]
Iterations = Annotated[int, Field(ge=1, le=100_000_000, description="of the search, at most")]
Seed = Annotated[int, Field(ge=0, le=2_000_000_000, description="the same seed and iterations: the same plan")]


class Search(Input):
    """How long a plan is searched for."""

    seconds: Seconds = 20
    iterations: Iterations = 1_000_000
    seed: Seed = 1

    def budget(self) -> Budget:
        """Return how long is searched."""
        return Budget(self.seconds, self.iterations, seed=self.seed)


class PlanRequest(Search):
    """Plan the trips of a county's day."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"county_code": "520628", "day": "2026-11-30", "seconds": 20, "seed": 1}]}
    )

    county_code: Code
    day: Day


class ChangeIn(Input):
    """A wish for a trip, or for its stop with a sequence.

    `lock`: it stays as it is (a stop: within ten minutes). `pin`: what it carries stays with its vehicle. `move`: what
    it carries goes to `vehicle_id`.
    """

    action: Literal["lock", "pin", "move"]
    trip_id: Id
    sequence: Annotated[int, Field(ge=1, le=1000)] | None = None
    vehicle_id: Id | None = None


class ReplanRequest(Search):
    """Plan a county's day anew, around what a dispatcher wishes; nothing changes before it is applied."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "county_code": "520628",
                    "day": "2026-11-30",
                    "changes": [
                        {"action": "lock", "trip_id": "0b8f4d0e-6d0e-5a50-9d0b-2f7c6b1f3f10"},
                        {
                            "action": "move",
                            "trip_id": "0b8f4d0e-6d0e-5a50-9d0b-2f7c6b1f3f11",
                            "sequence": 2,
                            "vehicle_id": "veh-520628-002",
                        },
                    ],
                }
            ]
        }
    )

    county_code: Code
    day: Day
    changes: Annotated[list[ChangeIn], Field(max_length=500)]


class UnplannedRead(BaseModel):
    """A consignment no vehicle takes: by which rule, and why in words."""

    order_id: str
    reason: str = Field(examples=["heavier-than-any-vehicle", "outside-hours", "no-road", "day-too-short"])
    detail: str = ""


class RideRead(BaseModel):
    """How an order comes to its school."""

    vehicle_id: str
    number: int
    delivered_at: datetime


class DifferenceRead(BaseModel):
    """How an order would ride otherwise; null: on no trip."""

    order_id: str
    before: RideRead | None
    after: RideRead | None


class DifferencesRead(BaseModel):
    """What applying the plan would change: orders that ride otherwise, and what all trips come to."""

    orders: list[DifferenceRead]
    trips_before: int
    trips_after: int
    distance_before_m: int
    distance_after_m: int
    cost_before_fen: int
    cost_after_fen: int


class PlanRead(BaseModel):
    """A trip plan: how far it is, what came of it, and who made it by which roads (`notes`)."""

    plan_id: str
    county_code: str
    day: date
    status: str
    progress_permille: int
    requested_at: datetime
    finished_at: datetime | None
    trips: int
    consignments: int
    distance_m: int
    cost_fen: int
    unplanned: list[UnplannedRead]
    notes: list[str]
    failure: str


class PlanDetail(PlanRead):
    """A trip plan, with what a proposed one would change."""

    differences: DifferencesRead | None


class Plans(BaseModel):
    """A page of trip plans."""

    items: list[PlanRead]
    next: str | None
