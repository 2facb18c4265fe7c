"""The run sheet: one document with which a driver finds every stop without signal."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from types import SimpleNamespace
from typing import Any

from services.logistics.coldchain import queries as coldchain
from services.logistics.consignments import queries as consignments
from services.logistics.fleet import queries as fleet
from services.logistics.places import queries as places
from services.logistics.plans.domain import SCHOOL_TIME
from services.logistics.trips import queries
from services.logistics.trips.schemas import RunSheet, SheetLine, SheetLot, SheetStop
from shared.unit_of_work import UnitOfWork


async def run_sheet(uow: UnitOfWork, trip_id: str) -> RunSheet:
    """Return a trip's run sheet: the planned stops with what really rides now; NotFound names the id."""
    trip = await queries.read_trip(uow, trip_id)
    stops = await queries.stops_of(uow, trip_id)
    here = [row for row in await consignments.of_trip(uow, trip_id) if row.status != "cancelled"]
    riding, packed = [row.order_id for row in here], {row.order_id for row in here if row.dispatched_at is not None}
    lots: dict[tuple[str, str], list[SheetLot]] = defaultdict(list)
    for share in await consignments.lots_of(uow, riding):
        lots[share.order_id, share.line_id].append(SheetLot(lot_id=share.lot_id, dispatched_g=share.dispatched_g))
    lines: dict[str, list[SheetLine]] = defaultdict(list)
    for line in await consignments.lines_of(uow, riding):
        if line.dispatched_g if line.order_id in packed else line.confirmed_g:
            lines[line.order_id].append(SheetLine(**line._mapping, lots=lots[line.order_id, line.line_id]))
    known = await whereabouts(uow, [(stop.place_kind, stop.place_id) for stop in stops])
    limit = (await coldchain.limits_on(uow, trip.day))[trip.temperature_class]
    vehicle = (await fleet.present(uow, fleet.vehicle, [trip.vehicle_id])).get(trip.vehicle_id, {})
    return RunSheet(
        trip_id=trip_id,
        version=trip.version,
        day=trip.day,
        vehicle=vehicle,
        driver_id=trip.driver_id,
        temperature_class=trip.temperature_class,
        limit_c=(limit.low_c, limit.high_c),
        starts_at=trip.starts_at.astimezone(SCHOOL_TIME),
        ends_at=trip.ends_at.astimezone(SCHOOL_TIME),
        distance_m=trip.distance_m,
        stops=[_stop(stop, known[stop.place_kind, stop.place_id], lines) for stop in _still(stops, lines)],
    )


async def whereabouts(uow: UnitOfWork, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """Return names and positions of places, by (kind, id); a collection point is a depot."""
    known = await places.places_of(uow, keys)
    depots = [place for place in keys if place[0] in ("depot", "point")]
    rows = await fleet.present(uow, fleet.depot, {place_id for _, place_id in depots})
    known |= {place: SimpleNamespace(**rows[place[1]]) for place in depots if place[1] in rows}
    return known


def _still(stops: Sequence[Any], riding: Iterable[str]) -> list[Any]:
    on_it = set(riding)
    return [stop for stop in stops if on_it.intersection(stop.order_ids)]


def _stop(stop: Any, place: Any, lines: dict[str, list[SheetLine]]) -> SheetStop:
    here = [line for order_id in stop.order_ids for line in lines.get(order_id, [])]
    return SheetStop(
        sequence=stop.sequence,
        kind=stop.kind,
        place_kind=stop.place_kind,
        place_id=stop.place_id,
        name_zh=place.name_zh,
        name_en=place.name_en,
        town_code=place.town_code,
        lat=place.lat,
        lon=place.lon,
        planned_at=stop.planned_at.astimezone(SCHOOL_TIME),
        order_ids=[order_id for order_id in stop.order_ids if order_id in lines],
        weight_g=sum(line.dispatched_g or line.confirmed_g for line in here),
        lines=here,
    )
