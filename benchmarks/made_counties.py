"""Made counties for the benchmarks of routing: a day's consignments and a fleet from a seed, nothing of any county.

Schools and cooperatives lie in a square of a county's size around its collection points, depots at the points. A school
eats a log-normal weight from a few cooperatives near it, a part of it chilled; half of the vans keep cold.
"""

from dataclasses import dataclass

import numpy as np

from services.logistics.roads.estimate import estimated
from services.logistics.trips.problem import Load, Place, Position, Problem, Site, Vehicle

SIDE_DEGREES = 0.3
CORNER = (28.0, 109.0)
ONWARD_S = 3 * 3600 + 1800
"""08:30: what was gathered goes on to the schools."""
SCHOOL_CLOSES_S = (5 * 3600 + 1800, 7 * 3600)
COLD_SHARE = 0.3


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


def _of(positions: dict[Place, Position], kind: str) -> list[Place]:
    return [place for place in positions if place[0] == kind]


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
