"""Bodies of the cold chain's routes."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from services.logistics.coldchain.domain import Limit
from shared.bulk import Rows
from shared.fields import Celsius, Day, Id, Name, Reason, TemperatureClass
from shared.routing import Input

_LIMIT: JsonDict = {
    "temperature_class": "chilled",
    "valid_from": "2026-12-01",
    "low_c": 0,
    "high_c": 8,
    "outside_minutes": 15,
    "silence_minutes": 20,
    "source": "county's transport rules of 2026 (fictional)",
}


class LimitRow(Input):
    """What holds for a temperature class on trips from a day on; a bound left out does not hold."""

    temperature_class: TemperatureClass
    valid_from: Day
    low_c: Celsius | None = None
    high_c: Celsius | None = None
    outside_minutes: Annotated[int, Field(ge=0, le=240, description="allowed outside the limit")] = 15
    silence_minutes: Annotated[int, Field(ge=1, le=240, description="allowed without a temperature")] = 15
    source: Name

    def limit(self) -> Limit:
        """Return the limit as the rules see it."""
        return Limit(**self.model_dump(mode="python") | {"temperature_class": self.temperature_class.value})


class LimitRows(Rows):
    """Up to 1,000 limits; class and first day say which one is meant."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": [_LIMIT]}]})


class LimitRead(BaseModel):
    """What holds for a temperature class from a day on; without a day: until somebody says something else."""

    temperature_class: str
    valid_from: date | None
    low_c: float | None
    high_c: float | None
    outside_minutes: int
    silence_minutes: int
    source: str


class LimitList(BaseModel):
    """What was said about limits, by class and day, after what holds by itself."""

    items: list[LimitRead]


class AlarmRead(BaseModel):
    """A time a load space was outside its limit, or its sensor silent, for too long; as far as is known.

    What was on board is held for inspection. `lifted_at`: readings that came late have filled the silence.
    """

    alarm_id: str
    trip_id: str
    kind: str = Field(examples=["outside", "silence"])
    device_id: str | None
    since: datetime
    until: datetime | None
    worst_c: float | None
    raised_at: datetime
    lifted_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    note: str | None


class AlarmListed(AlarmRead):
    """An alarm with the trip it is about."""

    county_code: str
    vehicle_id: str
    temperature_class: str


class Alarms(BaseModel):
    """A page of alarms."""

    items: list[AlarmListed]
    next: str | None


class Acknowledgement(Input):
    """Who has looked at an alarm, and what they found or did; the hold stays until the food is inspected."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"by": "dispatcher-1", "note": "Door seal replaced at Mengxi; driver told."}]}
    )

    by: Id
    note: Reason


class Gap(BaseModel):
    """A time without a temperature, longer than a sensor may be silent."""

    since: datetime
    until: datetime
    minutes: int


class DeviceReport(BaseModel):
    """What one device measured on a trip. Means and minutes outside are weighted by time; `outside_minutes` counts
    every time outside, `longest_outside_minutes` is the longest of them."""

    device_id: str
    readings: int
    first_at: datetime
    last_at: datetime
    lowest_c: float
    highest_c: float
    mean_c: float
    mean_kinetic_c: float
    outside_minutes: int
    longest_outside_minutes: int
    gaps: list[Gap]


class TripReport(BaseModel):
    """The cold chain of a trip. `unbroken`: no alarm lies on it; one that was lifted does not."""

    trip_id: str
    vehicle_id: str
    county_code: str
    day: date
    temperature_class: str
    low_c: float | None
    high_c: float | None
    allowed_outside_minutes: int
    allowed_silence_minutes: int
    departed_at: datetime | None
    completed_at: datetime | None
    devices: list[DeviceReport]
    alarms: list[AlarmRead]
    held_order_ids: list[str]
    unbroken: bool
