"""Making trips of a computed plan: only what still holds is taken, and told."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.logistics.consignments.domain import weight_g
from services.logistics.fleet import queries as fleet
from services.logistics.fleet.domain import drivers_for
from services.logistics.plans.domain import Claimed, instant_of, without
from services.logistics.trips import queries
from services.logistics.trips.domain import Applied
from services.logistics.trips.problem import Plan, PlannedTrip
from shared.events.logistics import StopPlanned, TripPlanned
from shared.fields import TemperatureClass
from shared.ids import derived_id
from shared.unit_of_work import UnitOfWork


async def apply_plan(uow: UnitOfWork, claimed: Claimed, round_number: int, plan: Plan) -> Applied:
    """Make the plan's trips; a consignment or vehicle taken meanwhile is left out and the plan then not complete.

    Trip ids are derived, so a round applied twice makes the same trips once.
    """
    asked = {order_id for trip in plan.trips for stop in trip.stops for order_id in stop.order_ids}
    rows = await queries.lock_waiting(uow, asked)
    grams = {
        row.order_id: weight_g(row.confirmed_g, row.dispatched_g, packed=row.dispatched_at is not None) for row in rows
    }
    kept = without(plan, asked - grams.keys(), grams)
    drivers = await _drivers(uow, claimed)
    made = {_trip_id(claimed, round_number, trip): trip for trip in kept}
    trips = [_row(uow, claimed, trip_id, trip, drivers) for trip_id, trip in made.items()]
    added = await queries.add_trips(uow, trips)
    await _add_stops(uow, claimed, {trip_id: trip for trip_id, trip in made.items() if trip_id in added})
    consignments = sum(len(orders_of(made[trip_id])) for trip_id in added)
    return Applied(trips=len(added), consignments=consignments, complete=consignments == len(asked))


def orders_of(trip: PlannedTrip) -> list[str]:
    """Return the orders a planned trip delivers."""
    return [order_id for stop in trip.stops if stop.kind == "delivery" for order_id in stop.order_ids]


def _trip_id(claimed: Claimed, round_number: int, trip: PlannedTrip) -> str:
    return derived_id("trip", claimed.plan_id, claimed.attempts, round_number, trip.vehicle_id, trip.number)


async def _drivers(uow: UnitOfWork, claimed: Claimed) -> dict[str, str]:
    vehicles = await fleet.vehicles_of_county(uow, claimed.county_code)
    drivers = await fleet.drivers_of_county(uow, claimed.county_code, claimed.day)
    last = await queries.last_trips(uow, claimed.county_code, claimed.day)
    taken = {vehicle_id: row.driver_id for vehicle_id, row in last.items() if row.driver_id is not None}
    stationed = [(vehicle.vehicle_id, vehicle.depot_id, vehicle.licence) for vehicle in vehicles]
    return drivers_for(stationed, drivers, taken)


def _row(
    uow: UnitOfWork, claimed: Claimed, trip_id: str, trip: PlannedTrip, drivers: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "trip_id": trip_id,
        "plan_id": claimed.plan_id,
        "version": 1,
        "county_code": claimed.county_code,
        "day": claimed.day,
        "vehicle_id": trip.vehicle_id,
        "driver_id": drivers.get(trip.vehicle_id),
        "number": trip.number,
        "temperature_class": trip.temperature_class,
        "status": "planned",
        "load_g": trip.load_g,
        "distance_m": trip.distance_m,
        "starts_at": instant_of(claimed.day, trip.starts_s),
        "ends_at": instant_of(claimed.day, trip.ends_s),
        "planned_at": uow.now,
    }


async def _add_stops(uow: UnitOfWork, claimed: Claimed, trips: Mapping[str, PlannedTrip]) -> None:
    rows: list[dict[str, Any]] = []
    for trip_id, trip in trips.items():
        stops = _stops(claimed, trip)
        await queries.assign(uow, trip_id, orders_of(trip))
        rows += [{"trip_id": trip_id, **stop.model_dump(), "order_ids": list(stop.order_ids)} for stop in stops]
        uow.emit(_planned(uow, claimed, trip_id, trip, stops))
    await queries.add_stops(uow, rows)


def _stops(claimed: Claimed, trip: PlannedTrip) -> tuple[StopPlanned, ...]:
    return tuple(
        StopPlanned(
            sequence=sequence,
            kind=stop.kind,
            place_id=stop.place_id,
            planned_at=instant_of(claimed.day, stop.at_s),
            order_ids=stop.order_ids,
        )
        for sequence, stop in enumerate(trip.stops, start=1)
    )


def _planned(
    uow: UnitOfWork, claimed: Claimed, trip_id: str, trip: PlannedTrip, stops: Sequence[StopPlanned]
) -> TripPlanned:
    return TripPlanned(
        trip_id=trip_id,
        version=1,
        county_code=claimed.county_code,
        day=claimed.day,
        vehicle_id=trip.vehicle_id,
        temperature_class=TemperatureClass(trip.temperature_class),
        load_g=trip.load_g,
        distance_m=trip.distance_m,
        stops=tuple(stops),
        planned_at=uow.now,
    )
