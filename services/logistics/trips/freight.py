"""What trips cost the freight fund, and each order's part of it: by its weight and the straight way it goes.

A trip costs what was planned, or, when it broke down, what was driven until then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from services.logistics.consignments import queries as consignments
from services.logistics.consignments.domain import weight_g
from services.logistics.fleet import queries as fleet
from services.logistics.plans.facts import vehicle_of
from services.logistics.roads.estimate import estimated, straight_m
from services.logistics.trips import queries
from services.logistics.trips.problem import Place, Position
from services.logistics.trips.runsheet import whereabouts
from services.logistics.trips.schemas import DayFreight, FreightShare, TripFreight
from services.logistics.trips.timing import cost_fen
from shared.quantities import divide, split
from shared.unit_of_work import UnitOfWork


async def of_trip(uow: UnitOfWork, trip_id: str) -> TripFreight:
    """Return what a trip costs, per km and per order; NotFound names the id."""
    return (await _of(uow, [await queries.read_trip(uow, trip_id)]))[0]


async def of_day(uow: UnitOfWork, county_code: str, day: date) -> DayFreight:
    """Return what a county's day costs, by trip."""
    trips = await _of(uow, await queries.of_day(uow, county_code, day))
    return DayFreight(
        county_code=county_code,
        day=day,
        distance_m=sum(trip.distance_m for trip in trips),
        cost_fen=sum(trip.cost_fen for trip in trips),
        trips=trips,
    )


async def _of(uow: UnitOfWork, trips: Sequence[Any]) -> list[TripFreight]:
    stops = await queries.stops_by_trip(uow, [trip.trip_id for trip in trips])
    orders = {order_id for of in stops.values() for stop in of for order_id in stop.order_ids}
    grams = {row.order_id: weight_g(row) for row in await consignments.by_orders(uow, orders)}
    known = await whereabouts(uow, {(stop.place_kind, stop.place_id) for of in stops.values() for stop in of})
    return [_freight(trip, _weights(stops[trip.trip_id], grams, known)) for trip in trips]


def _weights(stops: Iterable[Any], grams: dict[str, int], known: dict[tuple[str, str], Any]) -> dict[str, int]:
    """Return each order's kg times km between where this trip picks it up and sets it down."""
    picked: dict[str, tuple[str, str]] = {}
    weights: dict[str, int] = {}
    for stop in stops:
        place = (stop.place_kind, stop.place_id)
        for order_id in stop.order_ids:
            if stop.kind == "pickup":
                picked[order_id] = place
            elif order_id in picked:
                ends = {one: (known[one].lat, known[one].lon) for one in (picked[order_id], place)}
                metres = int(straight_m(ends).max())
                weights[order_id] = max(1, divide(grams.get(order_id, 0) * metres, 1_000_000))
    return weights


def _freight(trip: Any, weights: dict[str, int]) -> TripFreight:
    orders = sorted(weights)
    shares = split(trip.cost_fen, [weights[order_id] for order_id in orders]) if orders else []
    return TripFreight(
        trip_id=trip.trip_id,
        distance_m=trip.distance_m,
        cost_fen=trip.cost_fen,
        fen_per_km=divide(trip.cost_fen * 1000, trip.distance_m) if trip.distance_m else None,
        orders=[FreightShare(order_id=key, cost_fen=fen) for key, fen in zip(orders, shares, strict=True)],
    )


@dataclass(frozen=True, slots=True)
class Driven:
    """What a trip that broke down has driven: nothing, in no school's name, if it had not departed."""

    distance_m: int = 0
    cost_fen: int = 0
    canteen_id: str | None = None


async def driven(uow: UnitOfWork, trip: Any, at: Position) -> Driven:
    """Return what a locked trip has driven when it breaks down, and a school its orders are for.

    Its way is the estimated one from where it began, over the stops it has made, to where it stands; its time is from
    when it began, or departed if that was earlier, until now; the day's first trip also costs the day.
    """
    riding = await queries.lock_orders(uow, trip.trip_id)
    vehicle = (await fleet.present(uow, fleet.vehicle, [trip.vehicle_id])).get(trip.vehicle_id)
    if trip.departed_at is None or not riding or vehicle is None:
        return Driven()
    rates = vehicle_of(SimpleNamespace(**vehicle))
    path = [await _beginning(uow, trip, rates.home), *await _made(uow, trip, riding)]
    distance_m = await _way_m(uow, path, at)
    seconds = int((uow.now - min(trip.starts_at, trip.departed_at)).total_seconds())
    cost = cost_fen(rates, distance_m, max(0, seconds), first=trip.number == 1)
    return Driven(distance_m, cost, min(row.canteen_id for row in riding))


async def _beginning(uow: UnitOfWork, trip: Any, home: Place) -> Place:
    """Return where a trip began: at home, or at the last stop of its vehicle's trip before."""
    before = [
        one.trip_id
        for one in await queries.of_day(uow, trip.county_code, trip.day)
        if one.vehicle_id == trip.vehicle_id and one.number == trip.number - 1
    ]
    stops = [stop for trip_id in before for stop in await queries.stops_of(uow, trip_id)]
    return (stops[-1].place_kind, stops[-1].place_id) if stops else home


async def _made(uow: UnitOfWork, trip: Any, riding: Sequence[Any]) -> list[Place]:
    """Return where a trip loaded what it had on board, and where it set some of it down."""
    stops = await queries.stops_of(uow, trip.trip_id)
    carried = {row.order_id for row in riding if row.status not in ("waiting", "cancelled")}
    down = {(row.order_id, row.canteen_id) for row in riding if row.status in ("arrived", "received")}
    to_points = {
        key for stop in stops if stop.place_kind == "point" and stop.kind == "delivery" for key in stop.order_ids
    }
    for row in await consignments.by_orders(uow, to_points):
        if row.waits_kind == "point":
            carried.add(row.order_id)
            down.add((row.order_id, row.waits_at))
    return [
        (stop.place_kind, stop.place_id)
        for stop in stops
        if any(key in carried if stop.kind == "pickup" else (key, stop.place_id) in down for key in stop.order_ids)
    ]


async def _way_m(uow: UnitOfWork, path: Sequence[Place], at: Position) -> int:
    """Return the estimated way along places, as far as it is known where they are, and on to a position."""
    known = await whereabouts(uow, set(path))
    way = [(known[place].lat, known[place].lon) for place in path if place in known]
    ends = {("way", str(number)): position for number, position in enumerate([*way, at])}
    roads = estimated(ends)
    return sum(roads.leg(here, there)[0] for here, there in pairwise(ends))
