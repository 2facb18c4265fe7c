"""Bodies of the trips' routes."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.logistics.consignments.schemas import ConsignmentRead
from shared.fields import Id, Latitude, Longitude, Reason
from shared.routing import Input


class LoadRequest(Input):
    """What to load; without order ids everything of the trip that is packed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"order_ids": ["ord-1", "ord-2"]}]})

    order_ids: Annotated[list[Id], Field(min_length=1, max_length=500)] | None = None


class LeftRead(BaseModel):
    """A consignment that was not loaded, and by which rule."""

    order_id: str
    rule: str = Field(examples=["not-dispatched", "nothing-packed", "lot-recalled", "cancelled"])
    detail: str


class Loaded(BaseModel):
    """Every order on board now, and what was left."""

    trip_id: str
    loaded: list[str]
    left: list[LeftRead]


class Departed(BaseModel):
    """The orders a trip left with."""

    trip_id: str
    status: str
    order_ids: list[str]
    departed_at: datetime


class Arrival(Input):
    """The school a trip has reached, or the collection point."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"canteen_id": "sch-520628-0001"}, {"depot_id": "dep-520628-1"}]}
    )

    canteen_id: Id | None = None
    depot_id: Id | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.canteen_id is None) == (self.depot_id is None):
            raise ValueError("name a school or a collection point")
        return self


class Arrived(BaseModel):
    """The orders a trip brought to a school or collection point; `completed` with its last stop."""

    trip_id: str
    canteen_id: str | None
    depot_id: str | None
    order_ids: list[str]
    arrived_at: datetime
    completed: bool


class BreakdownIn(Input):
    """Where a vehicle stands that goes no further."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lat": 28.16, "lon": 109.21, "reason": "engine stopped", "seconds": 5}]}
    )

    lat: Latitude
    lon: Longitude
    reason: Reason
    seconds: Annotated[int, Field(ge=0, le=60, description="s to search for who takes over")] = 5


class BrokenDown(BaseModel):
    """What a vehicle leaves to others, and the plan that finds them."""

    trip_id: str
    status: str
    order_ids: list[str]
    plan_id: str


class FreightShare(BaseModel):
    """What an order's way costs: its part of each trip's freight, by weight and straight way."""

    order_id: str
    cost_fen: int


class TripFreight(BaseModel):
    """What a trip costs the freight fund, a kilometre of it, and each of its orders."""

    trip_id: str
    distance_m: int
    cost_fen: int
    fen_per_km: int | None
    orders: list[FreightShare]


class DayFreight(BaseModel):
    """What a county's day costs the freight fund, by trip."""

    county_code: str
    day: date
    distance_m: int
    cost_fen: int
    trips: list[TripFreight]


class TripRead(BaseModel):
    """A trip on the dispatcher's board; `counts` are its consignments by status."""

    trip_id: str
    plan_id: str
    version: int
    county_code: str
    day: date
    vehicle_id: str
    driver_id: str | None
    number: int
    temperature_class: str
    status: str
    load_g: int
    distance_m: int
    cost_fen: int
    starts_at: datetime
    ends_at: datetime
    departed_at: datetime | None
    completed_at: datetime | None
    counts: dict[str, int]


class Trips(BaseModel):
    """A page of trips."""

    items: list[TripRead]
    next: str | None


class StopRead(BaseModel):
    """A stop as planned."""

    sequence: int
    kind: str
    place_kind: str
    place_id: str
    planned_at: datetime
    order_ids: list[str]


class TripDetail(TripRead):
    """A trip with its stops as planned, and the consignments that ride on it now."""

    stops: list[StopRead]
    consignments: list[ConsignmentRead]


class SheetLot(BaseModel):
    """Packed grams of one lot."""

    lot_id: str
    dispatched_g: int


class SheetLine(BaseModel):
    """Grams of one food to pick up or set down, and the lots it was packed from."""

    order_id: str
    line_id: str
    food_code: str
    temperature_class: str
    confirmed_g: int
    dispatched_g: int
    lots: list[SheetLot]


class SheetStop(BaseModel):
    """A stop with everything the driver needs there, in school time (UTC+8). Whom to ask there is its town's office."""

    sequence: int
    kind: str
    place_kind: str
    place_id: str
    name_zh: str
    name_en: str
    town_code: str | None
    lat: float
    lon: float
    planned_at: datetime
    order_ids: list[str]
    weight_g: int
    lines: list[SheetLine]


class RunSheet(BaseModel):
    """Everything a driver needs on the way without signal."""

    trip_id: str
    version: int
    day: date
    vehicle: dict[str, Any]
    driver_id: str | None
    temperature_class: str
    limit_c: tuple[float | None, float | None]
    starts_at: datetime
    ends_at: datetime
    distance_m: int
    stops: list[SheetStop]
