"""What a day is planned from, as the database has it: consignments that wait, vehicles with their hours, places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import Any

from services.logistics.consignments import queries as consignments
from services.logistics.consignments.domain import weight_g
from services.logistics.fleet import queries as fleet
from services.logistics.fleet.domain import Driver, drivers_for, driving_rule
from services.logistics.places import queries as places
from services.logistics.plans.changes import Wishes, locked_of, released_of, wishes_of
from services.logistics.plans.domain import Claimed, second_of, second_of_day
from services.logistics.trips import queries as trips
from services.logistics.trips.problem import DAY_ENDS_S, Load, Place, Position, Problem, Ride, Roads, Site, Vehicle
from services.logistics.trips.resuming import rides_of
from shared.unit_of_work import UnitOfWork

Positions = Mapping[Place, Position]
STALE_AFTER = timedelta(days=21)
"""Routes older than this are nothing to start from (holidays are shorter, or schools and cooperatives are others)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a day is planned from, before anybody was asked for the roads; `drivers` is who drives which vehicle.

    `released` are the trips that are planned anew, `rides` those of the plan before.
    """

    loads: tuple[Load, ...]
    vehicles: tuple[Vehicle, ...]
    sites: Mapping[Place, Site]
    positions: Positions
    drivers: Mapping[str, str]
    released: tuple[Any, ...] = ()
    rides: tuple[Ride, ...] = ()

    def problem(self, roads: Roads) -> Problem:
        """Return the problem once the roads are known."""
        return Problem(self.loads, self.vehicles, self.sites, roads, self.rides)


async def read_facts(uow: UnitOfWork, claimed: Claimed) -> Facts:
    """Return what is to be planned: consignments without a trip, and vehicles with the time they are free.

    With a dispatcher's changes also what rides on trips that may be planned anew. Raises what the changes break.
    """
    rows = await consignments.waiting(uow, claimed.county_code, claimed.day)
    standing = await trips.of_day(uow, claimed.county_code, claimed.day)
    released: list[Any] = []
    wishes = Wishes()
    if claimed.changes is not None:
        riding = await consignments.riding(uow, [trip.trip_id for trip in standing])
        released = released_of(standing, riding, locked_of(claimed.changes))
        free = {trip.trip_id for trip in released}
        standing = [trip for trip in standing if trip.trip_id not in free]
        rows += [row for row in riding if row.trip_id in free and row.status == "waiting"]
        stops = await trips.stops_by_trip(uow, {one.trip_id for one in claimed.changes} & free)
        wishes = wishes_of(claimed, {trip.trip_id: trip for trip in released}, stops)
    ways = await fleet.access_of(uow, {row.cooperative_id for row in rows} | {row.canteen_id for row in rows})
    loads = [wishes.on(load_of(row, ways)) for row in rows]
    vehicles, drivers = await _vehicles(uow, claimed, standing)
    wanted = {place for load in loads for place in (load.origin, load.through, load.goal) if place is not None}
    positions, onward = await _positions(uow, wanted | {vehicle.home for vehicle in vehicles})
    known = [vehicle for vehicle in vehicles if vehicle.home in positions]
    sites = {place: _site(place, ways, onward) for place in positions}
    rides = await _rides(uow, claimed, released)
    return Facts(tuple(loads), tuple(known), sites, positions, drivers, tuple(released), rides)


async def _rides(uow: UnitOfWork, claimed: Claimed, released: Sequence[Any]) -> tuple[Ride, ...]:
    """Return how orders ride on the trips that are planned anew; without any, on the county's last day with trips."""
    day, before = claimed.day, released
    if not before:
        last = await trips.last_day(uow, claimed.county_code, claimed.day - STALE_AFTER, claimed.day)
        if last is None:
            return ()
        day, before = last, await trips.of_day(uow, claimed.county_code, last)
    stops = await trips.stops_by_trip(uow, [trip.trip_id for trip in before])
    classes = await consignments.classes_of(uow, claimed.county_code, day)
    calls = (
        (trip.vehicle_id, stop.kind, (stop.place_kind, stop.place_id), stop.order_ids)
        for trip in before
        for stop in stops[trip.trip_id]
    )
    return rides_of(calls, classes)


def load_of(row: Any, ways: Mapping[Place, Any]) -> Load:
    """Return what a consignment is to a plan; what waits at a point or the roadside goes directly from there."""
    cooperative = places.cooperative_key(row.cooperative_id)
    way = ways.get(cooperative)
    waits = (row.waits_kind, row.waits_at) if row.waits_at is not None else None
    return Load(
        order_id=row.order_id,
        origin=waits or cooperative,
        goal=places.canteen_key(row.canteen_id),
        grams=weight_g(row),
        temperature_class=row.temperature_class,
        through=("point", way.depot_id) if way is not None and way.depot_id is not None and waits is None else None,
    )


def _site(place: Place, ways: Mapping[Place, Any], onward: Mapping[Place, time]) -> Site:
    site = Site() if place not in onward else Site(onward_s=second_of_day(onward[place]))
    way = ways.get(place)
    if way is None:
        return site
    hours = (
        0 if way.opens_at is None else second_of_day(way.opens_at),
        DAY_ENDS_S if way.closes_at is None else second_of_day(way.closes_at),
    )
    return replace(site, hours=hours, stop_s=60 * way.stop_minutes, road=way.road)


async def _positions(uow: UnitOfWork, wanted: Iterable[Place]) -> tuple[dict[Place, Position], dict[Place, time]]:
    """Return where places are, and when what was collected leaves the points among them."""
    depots = {place for place in wanted if place[0] in ("depot", "point")}
    rows = await fleet.present(uow, fleet.depot, {place_id for _, place_id in depots})
    known = await places.places_of(uow, [place for place in wanted if place not in depots])
    positions = {place: (known[place].lat, known[place].lon) for place in sorted(known)}
    onward: dict[Place, time] = {}
    for place in sorted(depots):
        if place[1] in rows:
            row = rows[place[1]]
            positions[place] = (row["lat"], row["lon"])
            if place[0] == "point":
                onward[place] = row["onward_from"] or time(5)
    return positions, onward


async def _vehicles(uow: UnitOfWork, claimed: Claimed, standing: Iterable[Any]) -> tuple[list[Vehicle], dict[str, str]]:
    """Return the county's vehicles that go that day, and who drives them.

    Nobody drives longer than the day's rule, or what is told of the driver, allows. One that has trips is free again
    when the last of them ends; a village's own goes when it offers to.
    """
    of_vehicle: dict[str, list[Any]] = {}
    for trip in standing:
        of_vehicle.setdefault(trip.vehicle_id, []).append(trip)
    hours, spare = await fleet.hours_of(uow, claimed.day), await fleet.spare_of(uow, claimed.day)
    going = [
        row
        for row in await fleet.vehicles_of_county(uow, claimed.county_code)
        if _goes(hours.get(("vehicle", row.vehicle_id))) and (row.cooperative_id is None or row.vehicle_id in spare)
    ]
    known = await fleet.drivers_of_county(uow, claimed.county_code, claimed.day)
    able = [driver for driver in known if _goes(hours.get(("driver", driver.driver_id)))]
    taken = {key: of[-1].driver_id for key, of in of_vehicle.items() if of[-1].driver_id is not None}
    drivers = drivers_for([(row.vehicle_id, row.depot_id, row.licence) for row in going], able, taken)
    of_driver: dict[str, Driver] = {driver.driver_id: driver for driver in known}
    longest = driving_rule(await fleet.driving_rules(uow), claimed.day).longest_minutes
    vehicles = []
    for row in going:
        driver = of_driver.get(drivers.get(row.vehicle_id, ""))
        vehicle = _within(vehicle_of(row, spare.get(row.vehicle_id)), hours.get(("vehicle", row.vehicle_id)))
        vehicle = replace(vehicle, longest_s=60 * longest)
        if driver is not None:
            vehicle = _within(vehicle, hours.get(("driver", driver.driver_id)))
            vehicle = replace(vehicle, longest_s=60 * (driver.longest_minutes or longest))
        vehicles.append(_free(claimed, second_of(claimed.day, uow.now), vehicle, of_vehicle.get(row.vehicle_id, [])))
    return vehicles, drivers


def _free(claimed: Claimed, now_s: int, vehicle: Vehicle, trips: Sequence[Any]) -> Vehicle:
    """Return the vehicle as it stands now: free when its last trip is over, its driver's day begun with the first."""
    vehicle = replace(vehicle, free_s=max(vehicle.free_s, now_s))
    if not trips:
        return vehicle
    return replace(
        vehicle,
        free_s=max(vehicle.free_s, second_of(claimed.day, trips[-1].ends_at)),
        since_s=second_of(claimed.day, trips[0].starts_at),
        number=trips[-1].number + 1,
    )


def _goes(hours: Any | None) -> bool:
    return hours is None or hours.starts_at is not None or hours.ends_at is not None


def vehicle_of(row: Any, spare: Any | None = None) -> Vehicle:
    """Return what a vehicle (its row) is to a plan; a village's own with what it offers of itself."""
    vehicle = Vehicle(
        vehicle_id=row.vehicle_id,
        home=("depot", row.depot_id),
        capacity_g=row.capacity_g,
        temperature_class=row.temperature_class,
        frozen_boxes=row.frozen_boxes,
        chilled_g=row.chilled_g,
        frozen_g=row.frozen_g,
        roads=row.roads,
        fen_per_km=row.fen_per_km,
        fen_per_hour=row.fen_per_hour,
        fen_per_day=row.fen_per_day,
    )
    if spare is None:
        return vehicle
    return replace(
        vehicle,
        home=places.cooperative_key(row.cooperative_id),
        capacity_g=spare.capacity_g,
        temperature_class=spare.temperature_class,
        frozen_boxes=False,
        free_s=second_of_day(spare.starts_at),
        until_s=second_of_day(spare.ends_at),
        canteens=frozenset(spare.canteen_ids) or None,
    )


def _within(vehicle: Vehicle, hours: Any | None) -> Vehicle:
    if hours is None:
        return vehicle
    starts_s = 0 if hours.starts_at is None else second_of_day(hours.starts_at)
    ends_s = DAY_ENDS_S if hours.ends_at is None else second_of_day(hours.ends_at)
    return replace(vehicle, free_s=max(vehicle.free_s, starts_s), until_s=min(vehicle.until_s, ends_s))
