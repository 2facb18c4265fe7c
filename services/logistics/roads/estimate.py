"""Ways estimated from positions: the great circle (haversine) times a mountain road factor, at one speed."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from services.logistics.trips.problem import Place, Position, Roads

# Assumptions of this project, not measured: mountain roads are this much longer than the straight line, …
ROAD_FACTOR = 1.6
# … and driven at this speed.
SPEED_KMH = 30
_EARTH_M = 6_371_000.0


def straight_m(positions: Mapping[Place, Position]) -> Any:
    """Return the great-circle distances in m between all positions, as floats."""
    radians = np.radians(np.array(list(positions.values()), dtype=np.float64).reshape(-1, 2))
    lat, lon = radians[:, 0], radians[:, 1]
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return 2 * _EARTH_M * np.arcsin(np.sqrt(np.minimum(1.0, half)))


def estimated(positions: Mapping[Place, Position]) -> Roads:
    """Return the estimated ways between all places, rounded up to whole m and s."""
    metres = np.ceil(straight_m(positions) * ROAD_FACTOR)
    seconds = np.ceil(metres * 3.6 / SPEED_KMH)
    index = {place: number for number, place in enumerate(positions)}
    return Roads(index, metres.astype(np.int64).tolist(), seconds.astype(np.int64).tolist())
