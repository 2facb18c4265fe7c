"""Distance as the crow flies; roads are logistics' business."""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass

EARTH_RADIUS_M = 6_371_000

Place = tuple[float, float]
"""Latitude and longitude, WGS-84 degrees."""


def distance_m(one: Place, other: Place) -> int:
    """Return the great-circle distance in metres (haversine)."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half))))


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of the map, WGS-84 degrees."""

    south: float
    north: float
    west: float
    east: float


def around(places: Iterable[Place], metres: int) -> Box | None:
    """Return a box that holds all that is within so many metres of any of these places, None without places."""
    known = list(places)
    if not known:
        return None
    (south, north), (west, east) = ((min(each), max(each)) for each in zip(*known, strict=True))
    up = math.degrees(metres / EARTH_RADIUS_M)
    # A degree of longitude is shortest where the box is farthest from the equator.
    farthest = min(89.0, max(abs(south - up), abs(north + up)))
    aside = up / narrowing((farthest, 0.0))
    return Box(south - up, north + up, west - aside, east + aside)


def middle(places: Collection[Place]) -> Place:
    """Return the mean of some places."""
    lats, lons = zip(*places, strict=True)
    return sum(lats) / len(places), sum(lons) / len(places)


def narrowing(place: Place) -> float:
    """Return how long a degree of longitude is there, in degrees of latitude."""
    return math.cos(math.radians(place[0]))
