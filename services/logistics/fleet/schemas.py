"""Bodies of the fleet's routes. Examples are fictional."""

import re
from datetime import date, time
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    WithJsonSchema,
)

from shared.bulk import Rows
from shared.fields import Code, Day, Id, Latitude, Longitude, Name, TemperatureClass
from shared.routing import Input

Capacity = Annotated[int, Field(ge=1_000, le=40_000_000, description="g; 1 kg to 40 t")]
Licence = Literal["A2", "B2", "C1", "C2"]
Road = Annotated[Literal["paved", "gravel", "track"], Field(description="the worst one")]
Longest = Annotated[int, Field(ge=30, le=900, description="minutes from first start to last return of a day")]
Rate = Annotated[int, Field(ge=0, le=1_000_000, description="fen")]


def _clock(value: object) -> object:
    if isinstance(value, time) and value.tzinfo is None:
        return value
    if isinstance(value, str) and CLOCK.fullmatch(value):
        return time.fromisoformat(value)
    raise ValueError("a school time is HH:MM")


CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
At = Annotated[
    time,
    BeforeValidator(_clock),
    PlainSerializer(lambda at: f"{at:%H:%M}", when_used="json"),
    WithJsonSchema({"type": "string", "pattern": f"^{CLOCK.pattern}$", "description": "school time (UTC+8), HH:MM"}),
]


class DepotRow(Input):
    """A depot to load; with `onward_from` a collection point, where what was gathered leaves for the schools."""

    depot_id: Id
    county_code: Code
    town_code: Code
    name_zh: Name
    name_en: Name
    lat: Latitude
    lon: Longitude
    onward_from: At | None = None


class VehicleRow(Input):
    """A vehicle to load. `frozen_boxes`: a chilled vehicle that carries frozen food in insulated boxes.

    `chilled_g`, `frozen_g`: where it has less room for a class than `capacity_g`. `cooperative_id`: a village's own.
    What a km and an hour cost are assumptions (¥4, ¥25) unless told.
    """

    vehicle_id: Id
    depot_id: Id
    plate: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00]+$")]
    capacity_g: Capacity
    temperature_class: TemperatureClass
    frozen_boxes: bool = False
    chilled_g: Capacity | None = None
    frozen_g: Capacity | None = None
    licence: Licence = "C1"
    roads: Road = "track"
    fen_per_km: Rate = 400
    fen_per_hour: Rate = 2_500
    fen_per_day: Rate = 0
    cooperative_id: Id | None = None


class DriverRow(Input):
    """A driver to load; a pseudonym. Without `longest_minutes` the rule of the day holds (`PUT /driving-rules`)."""

    driver_id: Id
    depot_id: Id
    licence: Licence | None = None
    licence_until: Day | None = None
    health_certificate_until: Day | None = None
    longest_minutes: Longest | None = None


class DrivingRuleRow(Input):
    """How long drivers' days may be from a day on, and who says so."""

    valid_from: Day
    longest_minutes: Longest
    source: Name


class AvailabilityRow(Input):
    """When a vehicle or driver can go on a day; without hours not at all."""

    kind: Literal["vehicle", "driver"]
    subject_id: Id
    day: Day
    starts_at: At | None = None
    ends_at: At | None = None


class SpareCapacityRow(Input):
    """What a village's own vehicle offers to carry on a day, and past which schools (none named: any)."""

    vehicle_id: Id
    day: Day
    starts_at: At
    ends_at: At
    capacity_g: Capacity
    temperature_class: TemperatureClass = TemperatureClass.AMBIENT
    canteen_ids: Annotated[list[Id], Field(default_factory=list, max_length=100)]


class AccessRow(Input):
    """How a school or cooperative is reached. `depot_id`: the collection point a cooperative's loads go through."""

    kind: Literal["canteen", "cooperative"]
    place_id: Id
    opens_at: At | None = None
    closes_at: At | None = None
    road: Road = "paved"
    stop_minutes: Annotated[int, Field(ge=1, le=180)] = 10
    depot_id: Id | None = None


def _example(row: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [{"rows": [row]}]})


class DepotRows(Rows):
    """Depots to load."""

    model_config = _example(
        {
            "depot_id": "dep-520628-1",
            "county_code": "520628",
            "town_code": "520628002",
            "name_zh": "蓼皋配送站（虚构）",
            "name_en": "Liaogao Depot (fictional)",
            "lat": 28.17,
            "lon": 109.195,
            "onward_from": "08:00",
        }
    )


class VehicleRows(Rows):
    """Vehicles to load."""

    model_config = _example(
        {
            "vehicle_id": "veh-520628-001",
            "depot_id": "dep-520628-1",
            "plate": "虚构-520628-001",
            "capacity_g": 800_000,
            "temperature_class": "chilled",
            "licence": "C1",
            "roads": "gravel",
            "fen_per_km": 400,
            "fen_per_hour": 2_500,
        }
    )


class DriverRows(Rows):
    """Drivers to load."""

    model_config = _example(
        {
            "driver_id": "drv-520628-001",
            "depot_id": "dep-520628-1",
            "licence": "C1",
            "licence_until": "2029-05-31",
            "health_certificate_until": "2027-02-28",
            "longest_minutes": 600,
        }
    )


class DrivingRuleRows(Rows):
    """Rules of drivers' days; the first day says which one is meant."""

    model_config = _example(
        {"valid_from": "2026-12-01", "longest_minutes": 480, "source": "county's transport rules of 2026 (fictional)"}
    )


class AvailabilityRows(Rows):
    """Days on which a vehicle or driver cannot go, or only at some hours."""

    model_config = _example({"kind": "driver", "subject_id": "drv-520628-001", "day": "2026-11-30"})


class SpareCapacityRows(Rows):
    """What villages' own vehicles offer."""

    model_config = _example(
        {
            "vehicle_id": "veh-520628-001",
            "day": "2026-11-30",
            "starts_at": "06:00",
            "ends_at": "10:00",
            "capacity_g": 300_000,
            "canteen_ids": ["sch-520628-0001"],
        }
    )


class AccessRows(Rows):
    """How places are reached."""

    model_config = _example(
        {
            "kind": "canteen",
            "place_id": "sch-520628-0001",
            "opens_at": "06:30",
            "closes_at": "10:00",
            "road": "gravel",
            "stop_minutes": 10,
        }
    )


class Depots(BaseModel):
    """A page of depots."""

    items: list[DepotRow]
    next: str | None


class Vehicles(BaseModel):
    """A page of vehicles."""

    items: list[VehicleRow]
    next: str | None


class Drivers(BaseModel):
    """A page of drivers."""

    items: list[DriverRow]
    next: str | None


class DrivingRuleRead(BaseModel):
    """How long drivers' days may be from a day on; without a day: until somebody says something else."""

    valid_from: date | None
    longest_minutes: int
    source: str


class DrivingRules(BaseModel):
    """What was said of drivers' days, by day, after what holds by itself."""

    items: list[DrivingRuleRead]


class AvailabilityRead(AvailabilityRow):
    """When a vehicle or driver can go on a day."""

    availability_id: str


class Availabilities(BaseModel):
    """A page of hours of vehicles and drivers."""

    items: list[AvailabilityRead]
    next: str | None


class SpareCapacityRead(SpareCapacityRow):
    """What a village's own vehicle offers on a day."""

    spare_id: str


class SpareCapacities(BaseModel):
    """A page of what villages' own vehicles offer."""

    items: list[SpareCapacityRead]
    next: str | None


class AccessRead(AccessRow):
    """How a place is reached."""

    access_id: str


class Accesses(BaseModel):
    """A page of how places are reached."""

    items: list[AccessRead]
    next: str | None
