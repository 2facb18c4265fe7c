"""Bodies of the fleet's routes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.bulk import Rows
from shared.fields import Code, Id, Latitude, Longitude, Name, TemperatureClass
from shared.routing import Input

Capacity = Annotated[int, Field(ge=1_000, le=40_000_000, description="g; 1 kg to 40 t")]


class DepotRow(Input):
    """A depot to load."""

    depot_id: Id
    county_code: Code
    town_code: Code
    name_zh: Name
    name_en: Name
    lat: Latitude
    lon: Longitude


class VehicleRow(Input):
    """A vehicle to load. `frozen_boxes`: a chilled vehicle that carries frozen food in insulated boxes."""

    vehicle_id: Id
    depot_id: Id
    plate: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00]+$")]
    capacity_g: Capacity
    temperature_class: TemperatureClass
    frozen_boxes: bool = False


class DriverRow(Input):
    """A driver to load; a pseudonym."""

    driver_id: Id
    depot_id: Id


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
        }
    )


class DriverRows(Rows):
    """Drivers to load."""

    model_config = _example({"driver_id": "drv-520628-001", "depot_id": "dep-520628-1"})


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
