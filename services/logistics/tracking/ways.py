"""SQL of where trips go: their stops, their way home, and what is on board for whom."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, ColumnElement, CompoundSelect, Select, case, cast, exists, func, literal, null, or_, select
from sqlalchemy import union_all as union

from services.logistics.consignments.models import Consignment
from services.logistics.fleet.models import Depot, Vehicle
from services.logistics.places.models import Place
from services.logistics.tables import table_of
from services.logistics.tracking.progress import Stop
from services.logistics.trips.models import Trip, TripStop
from shared.prepared import Prepared, among, listed
from shared.unit_of_work import UnitOfWork

trip = table_of(Trip)
stop = table_of(TripStop)
place = table_of(Place)
depot = table_of(Depot)
vehicle = table_of(Vehicle)
consignment = table_of(Consignment)

RETURN_SEQUENCE = 1_001
"""The way home comes after the last of up to 1,000 stops."""


def where_it_is() -> tuple[ColumnElement[float], ColumnElement[float]]:
    """Return the columns of a place's position, or else of a depot's."""
    return func.coalesce(place.c.lat, depot.c.lat).label("lat"), func.coalesce(place.c.lon, depot.c.lon).label("lon")


def _planned(dialect: str) -> Select[Any]:
    of_place = (place.c.place_id == stop.c.place_id) & (place.c.kind == stop.c.place_kind)
    of_depot = (depot.c.depot_id == stop.c.place_id) & (stop.c.place_kind == "point")
    gathered = (stop.c.place_kind == "point") & (stop.c.kind == "delivery")
    names = ("trip_id", "sequence", "kind", "place_kind", "place_id", "planned_at")
    return (
        select(*(stop.c[name] for name in names), *where_it_is(), case((gathered, stop.c.order_ids)))
        .outerjoin(place, of_place)
        .outerjoin(depot, of_depot)
        .where(among(dialect, stop.c.trip_id, "trips"), func.coalesce(place.c.lat, depot.c.lat).is_not(None))
    )


def _homeward(dialect: str) -> Select[Any]:
    """The way home of trips that are the last of their vehicle's day."""
    village = (place.c.place_id == vehicle.c.cooperative_id) & (place.c.kind == "cooperative")
    later = trip.alias()
    of_day = (later.c.vehicle_id == trip.c.vehicle_id) & (later.c.day == trip.c.day)
    return (
        select(
            trip.c.trip_id,
            literal(RETURN_SEQUENCE),
            literal("return"),
            case((vehicle.c.cooperative_id.is_not(None), "cooperative"), else_="depot"),
            func.coalesce(vehicle.c.cooperative_id, vehicle.c.depot_id),
            trip.c.ends_at,
            *where_it_is(),
            cast(null(), JSON),
        )
        .join(vehicle, vehicle.c.vehicle_id == trip.c.vehicle_id)
        .join(depot, depot.c.depot_id == vehicle.c.depot_id)
        .outerjoin(place, village)
        .where(among(dialect, trip.c.trip_id, "trips"), trip.c.status != "broken")
        .where(~exists().where(of_day, later.c.number > trip.c.number))
    )


@Prepared
def _stops(dialect: str) -> CompoundSelect[Any]:
    return union(_planned(dialect), _homeward(dialect)).order_by("trip_id", "sequence")


class Ready(NamedTuple):
    """A planned trip of which everything is on board: since when, and where its vehicle is at home."""

    trip_id: str
    vehicle_id: str
    day: date
    loaded_at: datetime
    lat: float
    lon: float


@Prepared
def _ready(dialect: str) -> Select[Any]:
    village = (place.c.place_id == vehicle.c.cooperative_id) & (place.c.kind == "cooperative")
    its = consignment.c.trip_id == trip.c.trip_id
    last = select(func.max(consignment.c.loaded_at)).where(its, consignment.c.status == "loaded").scalar_subquery()
    coming = or_(its & (consignment.c.status == "waiting"), consignment.c.onward_trip_id == trip.c.trip_id)
    return (
        select(trip.c.trip_id, trip.c.vehicle_id, trip.c.day, last, *where_it_is())
        .join(vehicle, vehicle.c.vehicle_id == trip.c.vehicle_id)
        .join(depot, depot.c.depot_id == vehicle.c.depot_id)
        .outerjoin(place, village)
        .where(among(dialect, trip.c.trip_id, "trips"), trip.c.status == "planned", last.is_not(None))
        .where(~exists().where(coming))
        .order_by(trip.c.day, trip.c.number)
    )


@Prepared
def _on_board(dialect: str) -> Select[Any]:
    orders = select(consignment.c.trip_id, consignment.c.canteen_id, consignment.c.order_id)
    loaded = orders.where(among(dialect, consignment.c.trip_id, "trips"), consignment.c.status == "loaded")
    return loaded.order_by(consignment.c.order_id)


async def stops_of(uow: UnitOfWork, trips: Collection[str]) -> dict[str, list[Stop]]:
    """Return the stops of trips with where they are, and the way home, in the order of each trip."""
    found: dict[str, list[Stop]] = {}
    for row in await uow.session.run(_stops, {"trips": listed(uow.dialect, trips)}):
        found.setdefault(row[0], []).append(Stop(*row))
    return found


async def ready_of(uow: UnitOfWork, trips: Collection[str]) -> list[Ready]:
    """Return those of the trips that are planned and have everything on board, by day and number."""
    return [Ready(*row) for row in await uow.session.run(_ready, {"trips": listed(uow.dialect, trips)})]


async def on_board(uow: UnitOfWork, trips: Collection[str]) -> dict[str, dict[str, list[str]]]:
    """Return the orders still on board of trips, by trip and school, each ordered."""
    found: dict[str, dict[str, list[str]]] = {}
    for trip_id, canteen_id, order_id in await uow.session.run(_on_board, {"trips": listed(uow.dialect, trips)}):
        found.setdefault(trip_id, {}).setdefault(canteen_id, []).append(order_id)
    return found
