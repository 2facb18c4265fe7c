"""Bodies of the tracking routes."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.fields import Celsius, Id, Instant, Latitude, Longitude
from shared.routing import Input

_POINT: dict[str, JsonValue] = {
    "sequence": 1,
    "at": "2026-11-30T21:05:00Z",
    "lat": 28.17,
    "lon": 109.195,
    "temperature_c": 5.5,
}


class PointInput(Input):
    """One reading; `sequence` counts a device's readings of this trip."""

    sequence: Annotated[int, Field(ge=0, le=2_000_000_000)]
    at: Instant
    lat: Latitude
    lon: Longitude
    temperature_c: Celsius | None = None


class PointsInput(Input):
    """Readings of one device, in any order, as late as a day."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"device_id": "dev-1", "points": [_POINT]}]})

    device_id: Id
    points: Annotated[list[PointInput], Field(min_length=1, max_length=1000)]


class ExcursionRead(BaseModel):
    """A time the load space was outside its limit for too long, as far as is known."""

    device_id: str
    since: datetime
    until: datetime
    worst_c: float


class PointsAnswer(BaseModel):
    """How many readings were new, how many were known, and where the trip's cold chain broke so far."""

    stored: int
    known: int
    excursions: list[ExcursionRead]


class PointRead(BaseModel):
    """One reading."""

    device_id: str
    sequence: int
    at: datetime
    lat: float
    lon: float
    temperature_c: float | None


class Points(BaseModel):
    """A page of readings, ordered by device and sequence."""

    items: list[PointRead]
    next: str | None
