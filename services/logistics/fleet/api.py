"""Routes of the fleet."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Table

from services.logistics.fleet import queries, usecases
from services.logistics.fleet.domain import DEFAULT_RULE
from services.logistics.fleet.schemas import (
    Accesses,
    AccessRows,
    Availabilities,
    AvailabilityRows,
    DepotRows,
    Depots,
    DriverRows,
    Drivers,
    DrivingRuleRead,
    DrivingRuleRows,
    DrivingRules,
    SpareCapacities,
    SpareCapacityRows,
    VehicleRows,
    Vehicles,
)
from services.logistics.parameters import InCounty, OfDepot, OnDay
from shared.bulk import Imported
from shared.routing import Page, Paging, UoW, service_router

router = service_router(tags=["fleet"])


@router.put("/depots")
async def put_depots(rows: DepotRows, uow: UoW) -> Imported:
    """Load depots; good rows are taken, bad ones named."""
    return await usecases.put_depots(uow, rows)


@router.put("/vehicles")
async def put_vehicles(rows: VehicleRows, uow: UoW) -> Imported:
    """Load vehicles of known depots; good rows are taken, bad ones named."""
    return await usecases.put_vehicles(uow, rows)


@router.put("/drivers")
async def put_drivers(rows: DriverRows, uow: UoW) -> Imported:
    """Load drivers of known depots; good rows are taken, bad ones named."""
    return await usecases.put_drivers(uow, rows)


@router.put("/driving-rules")
async def put_driving_rules(rows: DrivingRuleRows, uow: UoW) -> Imported:
    """Say how long drivers' days may be from a day on, where nothing else is told of a driver."""
    return await usecases.put_driving_rules(uow, rows)


@router.get("/driving-rules")
async def list_driving_rules(uow: UoW) -> DrivingRules:
    """List how long drivers' days may be, by day, after what holds where nobody has said anything."""
    default = DrivingRuleRead(**asdict(DEFAULT_RULE) | {"valid_from": None})
    return DrivingRules(
        items=[default, *(DrivingRuleRead(**asdict(rule)) for rule in await queries.driving_rules(uow))]
    )


@router.put("/availability")
async def put_availability(rows: AvailabilityRows, uow: UoW) -> Imported:
    """Load when vehicles and drivers can go on a day; without a row they can all day."""
    return await usecases.put_availability(uow, rows)


@router.put("/spare-capacity")
async def put_spare_capacity(rows: SpareCapacityRows, uow: UoW) -> Imported:
    """Load what villages' own vehicles offer to carry; it is planned as any other vehicle's room."""
    return await usecases.put_spare_capacity(uow, rows)


@router.put("/access")
async def put_access(rows: AccessRows, uow: UoW) -> Imported:
    """Load how schools and cooperatives are reached: hours, road, time a stop takes, collection point."""
    return await usecases.put_access(uow, rows)


@router.get("/depots", response_model=Depots)
async def list_depots(uow: UoW, page: Page, county_code: InCounty = None) -> Any:
    """List depots by id."""
    return await _page(uow, queries.depot, page, county_code)


@router.get("/vehicles", response_model=Vehicles)
async def list_vehicles(uow: UoW, page: Page, county_code: InCounty = None, depot_id: OfDepot = None) -> Any:
    """List vehicles by id."""
    return await _page(uow, queries.vehicle, page, county_code, depot_id=depot_id)


@router.get("/drivers", response_model=Drivers)
async def list_drivers(uow: UoW, page: Page, county_code: InCounty = None, depot_id: OfDepot = None) -> Any:
    """List drivers by id."""
    return await _page(uow, queries.driver, page, county_code, depot_id=depot_id)


@router.get("/availability", response_model=Availabilities)
async def list_availability(uow: UoW, page: Page, county_code: InCounty = None, day: OnDay = None) -> Any:
    """List when vehicles and drivers can go on a day."""
    return await _page(uow, queries.availability, page, county_code, day=day)


@router.get("/spare-capacity", response_model=SpareCapacities)
async def list_spare_capacity(uow: UoW, page: Page, county_code: InCounty = None, day: OnDay = None) -> Any:
    """List what villages' own vehicles offer."""
    return await _page(uow, queries.spare, page, county_code, day=day)


@router.get("/access", response_model=Accesses)
async def list_access(uow: UoW, page: Page, county_code: InCounty = None, depot_id: OfDepot = None) -> Any:
    """List how places are reached; those collected at a depot."""
    return await _page(uow, queries.access, page, county_code, depot_id=depot_id)


async def _page(uow: UoW, table: Table, page: Paging, county_code: str | None, **where: object) -> dict[str, Any]:
    rows = await queries.page_of(uow, table, page, county_code, **where)
    more = len(rows) > page.limit
    rows = rows[: page.limit]
    return {"items": rows, "next": rows[-1][queries.key_of(table)] if more else None}
