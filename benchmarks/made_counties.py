"""Made counties for the benchmarks of routing: a day's consignments and a fleet from a seed, nothing of any county.

Schools and cooperatives lie in a square of a county's size around its collection points, depots at the points. A school
eats a log-normal weight from a few cooperatives near it, a part of it chilled; half of the vans keep cold.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from services.logistics.roads.estimate import estimated
from services.logistics.trips.problem import Load, Place, Plan, Position, Problem, Ride, Site, Vehicle
from services.logistics.trips.resuming import rides_of

SIDE_DEGREES = 0.3
CORNER = (28.0, 109.0)
ONWARD_S = 3 * 3600 + 1800
"""08:30: what was gathered goes on to the schools."""
SCHOOL_CLOSES_S = (5 * 3600 + 1800, 7 * 3600)
COLD_SHARE = 0.3
OTHER_SUPPLIER, CLOSED, IN_WORKSHOP = 0.25, 0.02, 0.03


@dataclass(frozen=True, slots=True)
class Size:
    """How large a county is; `suppliers` is how many cooperatives a school's food comes from."""

    schools: int = 200
    cooperatives: int = 150
    suppliers: int = 4

    @property
    def vans(self) -> int:
        """How many vehicles it has."""
        return max(4, round(0.35 * self.schools))


def made_county(size: Size, seed: int, points: int = 1) -> Problem:
    """Return a day of a made county: through so many collection points, directly where there are none."""
    luck = np.random.default_rng(seed)
    positions = _positions(size, points, luck)
    sites = {place: Site() for place in positions}
    for number in range(points):
        sites["point", f"point-{number}"] = Site(stop_s=900, onward_s=ONWARD_S)
    schools, cooperatives = _of(positions, "canteen"), _of(positions, "cooperative")
    for school in schools:
        sites[school] = Site(hours=(0, int(luck.integers(*SCHOOL_CLOSES_S))))
    roads = estimated(positions)
    loads: list[Load] = []
    for school in schools:
        nearest = sorted(cooperatives, key=lambda one: roads.leg(one, school))[: 5 * size.suppliers]
        grams = luck.lognormal(np.log(120_000), 0.6)
        for place in luck.permutation(len(nearest))[: size.suppliers]:
            cold = luck.random() < COLD_SHARE
            loads.append(
                Load(
                    order_id=f"ord-{len(loads):04}",
                    origin=nearest[place],
                    goal=school,
                    grams=int(grams / size.suppliers * luck.uniform(0.5, 1.5)) + 1_000,
                    temperature_class="chilled" if cold else "ambient",
                    through=("point", f"point-{int(luck.integers(points))}") if points else None,
                )
            )
    return Problem(tuple(loads), tuple(_van(number, points) for number in range(size.vans)), sites, roads)


def another_day(usual: Problem, seed: int) -> Problem:
    """Return another day of a made county: as usual but for what changes from day to day (all shares are assumptions).

    A quarter of the consignments come from another of the twenty nearest cooperatives, none weighs the same, one school
    in fifty is closed, one van in thirty is in the workshop.
    """
    luck = np.random.default_rng((seed, len(usual.loads)))
    roads, cooperatives = usual.roads, _of(usual.sites, "cooperative")
    closed = {school for school in _of(usual.sites, "canteen") if luck.random() < CLOSED}
    loads = []
    for load in usual.loads:
        grams, other, cold = luck.uniform(0.8, 1.25), luck.random() < OTHER_SUPPLIER, luck.random() < COLD_SHARE
        pick = int(luck.integers(20))
        if load.goal in closed:
            continue
        if other:
            near = sorted(cooperatives, key=lambda one: roads.leg(one, load.goal))[:20]
            temperature_class = "chilled" if cold else "ambient"
            load = replace(load, origin=near[pick % len(near)], temperature_class=temperature_class)
        loads.append(replace(load, grams=int(load.grams * grams)))
    vans = tuple(van for van in usual.vehicles if luck.random() >= IN_WORKSHOP)
    return replace(usual, loads=tuple(loads), vehicles=vans)


def _positions(size: Size, points: int, luck: np.random.Generator) -> dict[Place, Position]:
    def anywhere() -> Position:
        return (
            CORNER[0] + SIDE_DEGREES * float(luck.uniform()),
            CORNER[1] + SIDE_DEGREES * float(luck.uniform()),
        )

    positions: dict[Place, Position] = {}
    for number in range(max(1, points)):
        share = (number + 1) / (max(1, points) + 1)
        positions["depot", f"dep-{number}"] = (CORNER[0] + SIDE_DEGREES * share, CORNER[1] + SIDE_DEGREES / 2)
        if points:
            positions["point", f"point-{number}"] = positions["depot", f"dep-{number}"]
    positions |= {("cooperative", f"coop-{number:03}"): anywhere() for number in range(size.cooperatives)}
    return positions | {("canteen", f"sch-{number:03}"): anywhere() for number in range(size.schools)}


def _of(places: Iterable[Place], kind: str) -> list[Place]:
    return [place for place in places if place[0] == kind]


def _van(number: int, points: int) -> Vehicle:
    cold, large = number % 2 == 0, number % 3 == 0
    return Vehicle(
        vehicle_id=f"veh-{number:03}",
        home=("depot", f"dep-{number % max(1, points)}"),
        capacity_g=1_500_000 if large else 900_000,
        temperature_class="chilled" if cold else "ambient",
        longest_s=10 * 3600,
        fen_per_km=450 if large else 400,
        fen_per_day=6_000 if cold else 4_000,
    )


def ridden(problem: Problem, plan: Plan) -> tuple[Ride, ...]:
    """Return the rides of a plan, for the next day to start from."""
    trips = sorted(plan.trips, key=lambda trip: (trip.vehicle_id, trip.number))
    calls = ((trip.vehicle_id, stop.kind, stop.place, stop.order_ids) for trip in trips for stop in trip.stops)
    return rides_of(calls, {load.order_id: load.temperature_class for load in problem.loads})
