"""Making trips of a computed plan: only what still holds is taken, and told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.logistics.consignments.domain import weight_g
from services.logistics.plans.domain import Claimed, instant_of, without
from services.logistics.trips import queries
from services.logistics.trips.domain import Applied
from services.logistics.trips.problem import Plan, PlannedTrip, Problem, Stop
from shared.events.logistics import StopPlanned, TripPlanned
from shared.fields import TemperatureClass
from shared.ids import derived_id
from shared.unit_of_work import UnitOfWork

ORDERS_A_STOP = 400
"""A stop with more orders is told as several at the same second."""


@dataclass(frozen=True, slots=True)
class Making:
    """Whose trips are made: a county's day, the plan, which try of it, and who drives."""

    plan_id: str
    county_code: str
    day: date
    turn: str
    drivers: Mapping[str, str] = field(default_factory=dict)

    def trip_id(self, trip: PlannedTrip) -> str:
        """Return the trip's id; derived, so that a try applied twice makes the same trips once."""
        return derived_id("trip", self.plan_id, self.turn, trip.vehicle_id, trip.number)


async def apply_plan(
    uow: UnitOfWork, claimed: Claimed, round_number: int, problem: Problem, plan: Plan, drivers: Mapping[str, str]
) -> Applied:
    """Make the plan's trips; a consignment or vehicle taken meanwhile is left out and the plan then not complete."""
    asked = set(orders_of(plan.trips))
    rows = await queries.lock_waiting(uow, asked)
    grams = {row.order_id: weight_g(row) for row in rows}
    turn = f"{claimed.attempts}/{round_number}"
    making = Making(claimed.plan_id, claimed.county_code, claimed.day, turn, drivers)
    return await make_trips(uow, making, without(problem, plan, asked - grams.keys(), grams), len(asked))


async def make_trips(uow: UnitOfWork, making: Making, trips: Sequence[PlannedTrip], asked: int) -> Applied:
    """Add trips whose vehicle and driver are still free, put locked orders on them, and tell it."""
    made = {making.trip_id(trip): trip for trip in trips}
    added = await queries.add_trips(uow, [_row(uow, making, trip_id, trip) for trip_id, trip in made.items()])
    lost = {trip.vehicle_id for trip_id, trip in made.items() if trip_id not in added}
    # Where a vehicle's first trip is another plan's, its later ones begin where it is not.
    late = [trip_id for trip_id in added if made[trip_id].vehicle_id in lost]
    await queries.drop_trips(uow, late)
    kept = {trip_id: trip for trip_id, trip in made.items() if trip_id in added and trip.vehicle_id not in lost}
    riding = _riding(made, kept)
    await queries.assign(uow, riding)
    await queries.add_stops(
        uow, [_stop_row(trip_id, stop) for trip_id, trip in kept.items() for stop in _stops(making, trip)]
    )
    for trip_id, trip in kept.items():
        uow.emit(_planned(uow, making, trip_id, trip))
    return Applied(
        trips=len(kept),
        consignments=len(riding),
        distance_m=sum(trip.distance_m for trip in kept.values()),
        cost_fen=sum(trip.cost_fen for trip in kept.values()),
        complete=len(riding) == asked and len(kept) == len(made),
    )


def orders_of(trips: Iterable[PlannedTrip]) -> Iterator[str]:
    """Return the orders that trips set down, each as often as it is."""
    return (key for trip in trips for stop in trip.stops if stop.kind == "delivery" for key in stop.order_ids)


def _riding(made: Mapping[str, PlannedTrip], kept: Mapping[str, PlannedTrip]) -> dict[str, list[str]]:
    """Return the trips each order rides on, in order; one whose first part nobody drives is not among them."""
    calls = sorted(
        (stop.at_s, trip_id, order_id)
        for trip_id, trip in made.items()
        for stop in trip.stops
        if stop.kind == "pickup"
        for order_id in stop.order_ids
    )
    ways: dict[str, list[str]] = {}
    for _, trip_id, order_id in calls:
        ways.setdefault(order_id, []).append(trip_id)
    return {key: [one for one in way if one in kept] for key, way in ways.items() if way[0] in kept}


def _row(uow: UnitOfWork, making: Making, trip_id: str, trip: PlannedTrip) -> dict[str, Any]:
    return {
        "trip_id": trip_id,
        "plan_id": making.plan_id,
        "version": 1,
        "county_code": making.county_code,
        "day": making.day,
        "vehicle_id": trip.vehicle_id,
        "driver_id": making.drivers.get(trip.vehicle_id),
        "number": trip.number,
        "temperature_class": trip.temperature_class,
        "status": "planned",
        "load_g": trip.load_g,
        "distance_m": trip.distance_m,
        "cost_fen": trip.cost_fen,
        "starts_at": instant_of(making.day, trip.starts_s),
        "ends_at": instant_of(making.day, trip.ends_s),
        "planned_at": uow.now,
    }


def _chunks(stops: Iterable[Stop]) -> Iterator[tuple[Stop, tuple[str, ...]]]:
    for stop in stops:
        for start in range(0, len(stop.order_ids), ORDERS_A_STOP):
            yield stop, stop.order_ids[start : start + ORDERS_A_STOP]


def _stops(making: Making, trip: PlannedTrip) -> Iterator[tuple[Stop, StopPlanned]]:
    for sequence, (stop, order_ids) in enumerate(_chunks(trip.stops), start=1):
        at = instant_of(making.day, stop.at_s)
        told = StopPlanned(
            sequence=sequence, kind=stop.kind, place_id=stop.place_id, planned_at=at, order_ids=order_ids
        )
        yield stop, told


def _stop_row(trip_id: str, one: tuple[Stop, StopPlanned]) -> dict[str, Any]:
    stop, told = one
    return {
        "trip_id": trip_id,
        **told.model_dump(),
        "place_kind": stop.place[0],
        "order_ids": list(told.order_ids),
    }


def _planned(uow: UnitOfWork, making: Making, trip_id: str, trip: PlannedTrip) -> TripPlanned:
    return TripPlanned(
        trip_id=trip_id,
        version=1,
        county_code=making.county_code,
        day=making.day,
        vehicle_id=trip.vehicle_id,
        temperature_class=TemperatureClass(trip.temperature_class),
        load_g=trip.load_g,
        distance_m=trip.distance_m,
        stops=tuple(told for _, told in _stops(making, trip)),
        planned_at=uow.now,
    )
