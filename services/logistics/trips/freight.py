"""What trips cost the freight fund, and each order's part of it: by its weight and the straight way it goes."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from services.logistics.consignments import queries as consignments
from services.logistics.consignments.domain import weight_g
from services.logistics.roads.estimate import straight_m
from services.logistics.trips import queries
from services.logistics.trips.runsheet import whereabouts
from services.logistics.trips.schemas import DayFreight, FreightShare, TripFreight
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
