"""What a trip plan is made from and what it is: plain values, and the roads between them.

Nothing is imported here that a worker process would have to wait for.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

# Assumptions of this project, not measured: mountain roads are this much longer than the straight line, …
ROAD_FACTOR = 1.6
# … driven at this speed, …
SPEED_KMH = 30
# … with this long at every stop; …
SERVICE_S = 600
# … a day begins at 05:00 (second 0, so that the first school is reached before it cooks) and ends at 20:00.
DAY_ENDS_S = 15 * 3600
# A trip is kept short so that food is fresh and schools are early; longer ones only when the day is too short else.
TRIP_LIMITS_S = (4 * 3600, 8 * 3600, DAY_ENDS_S)
MAX_LOADS = 400
_EARTH_M = 6_371_000.0

Position = tuple[float, float]
Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Load:
    """A consignment to bring from a cooperative to a canteen: grams, and the class it must travel in."""

    order_id: str
    cooperative_id: str
    canteen_id: str
    grams: int
    temperature_class: str


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle at its depot, free from a second of the day on; its next trip of the day has `number`."""

    vehicle_id: str
    depot: Position
    capacity_g: int
    temperature_class: str
    frozen_boxes: bool = False
    free_s: int = 0
    number: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """What a plan is made from. Positions are (latitude, longitude) in WGS-84 degrees, seconds count from 05:00."""

    loads: tuple[Load, ...]
    vehicles: tuple[Vehicle, ...]
    cooperatives: dict[str, Position]
    canteens: dict[str, Position]


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop: `pickup` at a cooperative or `delivery` at a canteen, reached at a second of the day."""

    kind: str
    place_id: str
    at_s: int
    order_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedTrip:
    """A vehicle's way from its depot and back; `temperature_class` is what its load space is held at."""

    vehicle_id: str
    number: int
    temperature_class: str
    load_g: int
    distance_m: int
    starts_s: int
    ends_s: int
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Trips, and (order_id, reason) of what fits in no vehicle."""

    trips: tuple[PlannedTrip, ...]
    unplanned: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1 << 18)
def road_m(a: Position, b: Position) -> float:
    """Return the estimated road distance in m: the great circle (haversine) times the mountain road factor."""
    lat_a, lat_b = math.radians(a[0]), math.radians(b[0])
    half = math.sin((lat_b - lat_a) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(half))) * ROAD_FACTOR


def drive_s(distance_m: float) -> float:
    """Return the time in s that a distance takes."""
    return distance_m * 3.6 / SPEED_KMH


def carries(vehicle: Vehicle, temperature_class: str) -> bool:
    """Whether a vehicle may carry a class: ambient any, chilled a chilled one, frozen a frozen one or boxes."""
    if temperature_class == "ambient" or vehicle.temperature_class == temperature_class:
        return True
    return temperature_class == "frozen" and vehicle.frozen_boxes


def regime(vehicle: Vehicle, classes: set[str]) -> str:
    """Return what the load space is held at: boxes keep frozen food frozen in a chilled space."""
    return "ambient" if classes <= {"ambient"} else vehicle.temperature_class


def goes_along(vehicle: Vehicle, classes: set[str], temperature_class: str) -> bool:
    """Whether a class may be added to a trip's: a frozen space would spoil anything that is not frozen."""
    together = classes | {temperature_class}
    return carries(vehicle, temperature_class) and (vehicle.temperature_class != "frozen" or len(together) == 1)
