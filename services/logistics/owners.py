"""Whose things of logistics are: their tenants by id, for the table of rules. What does not exist is left out."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from services.logistics.coldchain.queries import alarm
from services.logistics.consignments.queries import consignment
from services.logistics.devices.queries import device
from services.logistics.fleet.queries import depot, driver, vehicle
from services.logistics.photos.queries import named as photo
from services.logistics.places.queries import place
from services.logistics.plans.queries import plan
from services.logistics.recalls import usecases as recalls
from services.logistics.recalls.queries import recall
from services.logistics.receipts.queries import receipt
from services.logistics.tracing.queries import lot, meal
from services.logistics.trips.queries import trip
from shared.auth.principal import Kind, Tenants
from shared.unit_of_work import UnitOfWork

Ids = Sequence[str]
Owners = dict[str, Tenants]


async def counties_of_canteens(uow: UnitOfWork, ids: Ids) -> dict[str, str]:
    """Return where canteens are."""
    return await _counties(uow, "canteen", ids)


async def counties_of_cooperatives(uow: UnitOfWork, ids: Ids) -> dict[str, str]:
    """Return where cooperatives are."""
    return await _counties(uow, "cooperative", ids)


async def _counties(uow: UnitOfWork, kind: str, ids: Ids) -> dict[str, str]:
    statement = select(place.c.place_id, place.c.county_code).where(place.c.kind == kind, place.c.place_id.in_(ids))
    return {row.place_id: row.county_code for row in await uow.session.execute(statement)}


async def of_places(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the counties of canteens and cooperatives; an id that is both, in two counties, is nobody's."""
    statement = select(place.c.place_id, place.c.county_code).where(place.c.place_id.in_(ids))
    return _unless_two([(row.place_id, row.county_code) for row in await uow.session.execute(statement)])


async def of_depots(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the counties of depots."""
    statement = select(depot.c.depot_id, depot.c.county_code).where(depot.c.depot_id.in_(ids))
    return {row.depot_id: Tenants(county=row.county_code) for row in await uow.session.execute(statement)}


async def of_vehicles(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the counties of vehicles' depots, and the villages whose own they are."""
    statement = select(vehicle.c.vehicle_id, vehicle.c.cooperative_id, depot.c.county_code)
    statement = statement.join(depot, depot.c.depot_id == vehicle.c.depot_id).where(vehicle.c.vehicle_id.in_(ids))
    return {
        row.vehicle_id: Tenants(county=row.county_code, cooperative=row.cooperative_id)
        for row in await uow.session.execute(statement)
    }


async def of_drivers(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the counties of drivers' depots."""
    statement = select(driver.c.driver_id, depot.c.county_code)
    statement = statement.join(depot, depot.c.depot_id == driver.c.depot_id).where(driver.c.driver_id.in_(ids))
    return {
        row.driver_id: Tenants(county=row.county_code, driver=row.driver_id)
        for row in await uow.session.execute(statement)
    }


async def of_crews(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the counties of vehicles and drivers; an id that is both, in two counties, is nobody's."""
    vehicles, drivers = await of_vehicles(uow, ids), await of_drivers(uow, ids)
    return _unless_two(
        [
            (each, county)
            for found in (vehicles, drivers)
            for each, of in found.items()
            for county in of.ids(Kind.COUNTY)
        ]
    )


def _unless_two(found: Sequence[tuple[str, str]]) -> Owners:
    counties: dict[str, set[str]] = defaultdict(set)
    for each, county in found:
        counties[each].add(county)
    return {each: Tenants(county=min(of)) for each, of in counties.items() if len(of) == 1}


async def of_devices(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the counties of the vehicles that devices are in; one that is carried is nobody's yet, and left out."""
    statement = (
        select(device.c.device_id, depot.c.county_code)
        .join(vehicle, vehicle.c.vehicle_id == device.c.vehicle_id)
        .join(depot, depot.c.depot_id == vehicle.c.depot_id)
        .where(device.c.device_id.in_(ids))
    )
    return {row.device_id: Tenants(county=row.county_code) for row in await uow.session.execute(statement)}


async def of_orders(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the parties of orders that logistics knows."""
    named = (consignment.c.order_id, consignment.c.county_code, consignment.c.canteen_id, consignment.c.cooperative_id)
    statement = select(*named).where(consignment.c.order_id.in_(ids))
    return {row[0]: Tenants(row[1], row[2], row[3]) for row in await uow.session.execute(statement)}


async def of_receipts(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the parties of receipts; the county is the school's."""
    named = (receipt.c.receipt_id, receipt.c.canteen_id, receipt.c.cooperative_id)
    statement = select(*named).where(receipt.c.receipt_id.in_(ids))
    return {row[0]: Tenants(canteen=row[1], cooperative=row[2]) for row in await uow.session.execute(statement)}


async def of_photos(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the parties of the receipts that name photos; one that none names is nobody's yet, and left out."""
    columns = (photo.c.photo_id, receipt.c.canteen_id, receipt.c.cooperative_id)
    statement = select(*columns).join(receipt, receipt.c.receipt_id == photo.c.receipt_id)
    canteens: dict[str, set[str]] = defaultdict(set)
    cooperatives: dict[str, set[str]] = defaultdict(set)
    for row in await uow.session.execute(statement.where(photo.c.photo_id.in_(ids))):
        canteens[row.photo_id].add(row.canteen_id)
        cooperatives[row.photo_id].add(row.cooperative_id)
    return {
        each: Tenants(canteen=frozenset(canteens[each]), cooperative=frozenset(cooperatives[each])) for each in canteens
    }


async def of_plans(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the counties that plans are for."""
    statement = select(plan.c.plan_id, plan.c.county_code).where(plan.c.plan_id.in_(ids))
    return {row.plan_id: Tenants(county=row.county_code) for row in await uow.session.execute(statement)}


async def of_trips(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the counties and the present drivers of trips."""
    statement = select(trip.c.trip_id, trip.c.county_code, trip.c.driver_id).where(trip.c.trip_id.in_(ids))
    return {row[0]: Tenants(county=row[1], driver=row[2]) for row in await uow.session.execute(statement)}


async def of_alarms(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the counties of the trips that alarms are of."""
    statement = select(alarm.c.alarm_id, trip.c.county_code).join(trip, trip.c.trip_id == alarm.c.trip_id)
    statement = statement.where(alarm.c.alarm_id.in_(ids))
    return {row.alarm_id: Tenants(county=row.county_code) for row in await uow.session.execute(statement)}


async def of_meals(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the canteens that served meals."""
    statement = select(meal.c.meal_id, meal.c.canteen_id).where(meal.c.meal_id.in_(ids))
    return {row.meal_id: Tenants(canteen=row.canteen_id) for row in await uow.session.execute(statement)}


async def of_lots(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the cooperatives that lots are of."""
    statement = select(lot.c.lot_id, lot.c.cooperative_id).where(lot.c.lot_id.in_(ids))
    return {row.lot_id: Tenants(cooperative=row.cooperative_id) for row in await uow.session.execute(statement)}


async def of_recalled(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return the cooperatives whose lots recalls are of: who may close them."""
    statement = select(recall.c.recall_id, recall.c.cooperative_id).where(recall.c.recall_id.in_(ids))
    return {row.recall_id: Tenants(cooperative=row.cooperative_id) for row in await uow.session.execute(statement)}


async def of_recalls(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return whom recalls concern: the cooperative, and the schools that the lot has reached so far."""
    statement = select(recall.c.recall_id, recall.c.lot_id, recall.c.cooperative_id).where(recall.c.recall_id.in_(ids))
    return {
        row.recall_id: Tenants(
            cooperative=row.cooperative_id, canteen=frozenset(await recalls.reached(uow, row.lot_id))
        )
        for row in (await uow.session.execute(statement)).all()
    }
