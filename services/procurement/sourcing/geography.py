"""Distance as the crow flies; roads are logistics' business."""

import math

EARTH_RADIUS_M = 6_371_000

Place = tuple[float, float]
"""Latitude and longitude, WGS-84 degrees."""


def distance_m(one: Place, other: Place) -> int:
    """Return the great-circle distance in metres (haversine)."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half))))
