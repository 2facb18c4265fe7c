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
from shared.auth.finding import finder
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


of_depots = finder(depot.c.depot_id, county=depot.c.county_code)

of_vehicles = finder(
    vehicle.c.vehicle_id,
    county=depot.c.county_code,
    cooperative=vehicle.c.cooperative_id,
    source=vehicle.join(depot, depot.c.depot_id == vehicle.c.depot_id),
)
"""The counties of vehicles' depots, and the villages whose own they are."""

of_drivers = finder(
    driver.c.driver_id,
    county=depot.c.county_code,
    driver=driver.c.driver_id,
    source=driver.join(depot, depot.c.depot_id == driver.c.depot_id),
)


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


of_devices = finder(
    device.c.device_id,
    county=depot.c.county_code,
    source=device.join(vehicle, vehicle.c.vehicle_id == device.c.vehicle_id).join(
        depot, depot.c.depot_id == vehicle.c.depot_id
    ),
)
"""The counties of the vehicles that devices are in; one that is carried is nobody's yet."""

of_orders = finder(
    consignment.c.order_id,
    county=consignment.c.county_code,
    canteen=consignment.c.canteen_id,
    cooperative=consignment.c.cooperative_id,
)

of_receipts = finder(receipt.c.receipt_id, canteen=receipt.c.canteen_id, cooperative=receipt.c.cooperative_id)
"""The parties of receipts; the county is the school's."""

of_photos = finder(
    photo.c.photo_id,
    canteen=receipt.c.canteen_id,
    cooperative=receipt.c.cooperative_id,
    source=photo.join(receipt, receipt.c.receipt_id == photo.c.receipt_id),
)
"""The parties of the receipts that name photos; one that none names is nobody's yet."""

of_plans = finder(plan.c.plan_id, county=plan.c.county_code)

of_trips = finder(trip.c.trip_id, county=trip.c.county_code, driver=trip.c.driver_id)
"""The counties and the present drivers of trips."""

of_alarms = finder(
    alarm.c.alarm_id, county=trip.c.county_code, source=alarm.join(trip, trip.c.trip_id == alarm.c.trip_id)
)

of_meals = finder(meal.c.meal_id, canteen=meal.c.canteen_id)

of_lots = finder(lot.c.lot_id, cooperative=lot.c.cooperative_id)

of_recalled = finder(recall.c.recall_id, cooperative=recall.c.cooperative_id)
"""The cooperatives whose lots recalls are of: who may close them."""


async def of_recalls(uow: UnitOfWork, ids: Ids) -> Owners:
    """Return whom recalls concern: the cooperative, and the schools that the lot has reached so far."""
    statement = select(recall.c.recall_id, recall.c.lot_id, recall.c.cooperative_id).where(recall.c.recall_id.in_(ids))
    return {
        row.recall_id: Tenants(
            cooperative=row.cooperative_id, canteen=frozenset(await recalls.reached(uow, row.lot_id))
        )
        for row in (await uow.session.execute(statement)).all()
    }
