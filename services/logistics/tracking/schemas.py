"""Bodies of the tracking routes."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.logistics.coldchain.schemas import AlarmRead
from shared.bulk import Refusal, Rows
from shared.fields import Celsius, Day, Id, Instant, Latitude, Longitude, Name
from shared.routing import Input

MOST_POINTS = 5000

_POINT: dict[str, JsonValue] = {
    "sequence": 1,
    "at": "2026-11-30T21:05:00Z",
    "lat": 28.17,
    "lon": 109.195,
    "speed_kmh": 32.5,
    "temperature_c": 5.5,
}


class PointInput(Input):
    """One reading; `sequence` counts a device's readings, at least within a trip."""

    sequence: Annotated[int, Field(ge=0, le=2_000_000_000)]
    at: Instant
    lat: Latitude
    lon: Longitude
    speed_kmh: Annotated[float, Field(allow_inf_nan=False, description="km/h")] | None = None
    temperature_c: Celsius | None = None


class DevicePoint(PointInput):
    """One reading of a device that is mounted in a vehicle."""

    device_id: Id


class PointsInput(Input):
    """Readings of one device on one trip, in any order; each is taken or refused by itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"device_id": "dev-1", "points": [_POINT]}]})

    device_id: Id
    points: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_POINTS)]


class ManyPoints(Input):
    """Readings of many devices, in any order; each is taken or refused by itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"points": [_POINT | {"device_id": "dev-520628-001"}]}]})

    points: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_POINTS)]


class Taken(BaseModel):
    """How many readings were new and how many known before, and why each of the others was refused, by index."""

    stored: int
    known: int
    refused: list[Refusal]


class PointsAnswer(Taken):
    """What became of a trip's readings, and the alarms that lie on the trip."""

    alarms: list[AlarmRead]


class PointRead(BaseModel):
    """One reading."""

    device_id: str
    sequence: int
    at: datetime
    lat: float
    lon: float
    speed_kmh: float | None
    temperature_c: float | None


class Points(BaseModel):
    """A page of readings, ordered by device and sequence."""

    items: list[PointRead]
    next: str | None


class RuleRow(Input):
    """How trips are followed from a day on; it replaces what was said for that day before."""

    valid_from: Day
    geofence_m: Annotated[int, Field(ge=20, le=5_000, description="m around a stop that count as there")] = 150
    geofence_s: Annotated[int, Field(ge=0, le=3_600, description="s within, before it counts as arrived")] = 120
    delay_minutes: Annotated[int, Field(ge=1, le=600, description="a change of this much is told")] = 15
    thin_after_days: Annotated[int, Field(ge=8, le=3_650, description="days all readings are kept")] = 30
    thin_s: Annotated[int, Field(ge=1, le=86_400, description="afterwards one reading in so many s is")] = 300
    keep_days: Annotated[int, Field(ge=30, le=36_500, description="days until a day's readings are forgotten")] = 731
    source: Name


class RuleRows(Rows):
    """Up to 1,000 rules; the first day says which one is meant."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rows": [
                        {
                            "valid_from": "2026-12-01",
                            "geofence_m": 200,
                            "delay_minutes": 20,
                            "source": "county's transport rules of 2026 (fictional)",
                        }
                    ]
                }
            ]
        }
    )


class RuleRead(BaseModel):
    """How trips are followed from a day on; without a day: until somebody says something else."""

    valid_from: date | None
    geofence_m: int
    geofence_s: int
    delay_minutes: int
    thin_after_days: int
    thin_s: int
    keep_days: int
    source: str


class RuleList(BaseModel):
    """What was said about following trips, by day, after what holds by itself."""

    items: list[RuleRead]


class StopAhead(BaseModel):
    """A stop a trip has still to reach: when it was planned, when it is expected, and what the school was told.

    It is a `pickup`, a `delivery`, or the `return` home.
    """

    sequence: int
    kind: str = "delivery"
    place_kind: str = "canteen"
    place_id: str
    planned_at: datetime
    expected_at: datetime
    told_at: datetime


class StopReached(BaseModel):
    """A stop a trip's devices were at, and since when."""

    sequence: int
    kind: str
    place_kind: str
    place_id: str
    arrived_at: datetime


class TripOnBoard(BaseModel):
    """A trip as the board shows it: where it was last, how cold, stops ahead and behind, alarms nobody looked at.

    `late_minutes`: how long after its plan it comes to a stop where it sets something down, 0 where that is less than
    is told (tracking rule). `warm`: it is outside its limit (`low_c` to `high_c`, null: no bound) or was for too long.
    `silent`: on its way, and nothing was heard for longer than a sensor may be silent.
    """

    trip_id: str
    county_code: str
    day: date
    vehicle_id: str
    driver_id: str | None
    temperature_class: str
    status: str
    departed_at: datetime | None
    device_id: str
    at: datetime
    lat: float
    lon: float
    speed_kmh: float | None
    temperature_c: float | None
    temperature_at: datetime | None
    stops: list[StopAhead]
    reached: list[StopReached]
    alarms: int
    late_minutes: int
    warm: bool
    silent: bool
    low_c: float | None
    high_c: float | None
    changed_at: datetime


class Board(BaseModel):
    """The trips of a day that have told where they are, by id."""

    items: list[TripOnBoard]
