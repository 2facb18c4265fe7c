"""A schematic map: what of a rectangle is nearer to a place than to any other (Voronoi cells), in units of an SVG.

No boundaries of towns have a licence that lets them be passed on, so a place has what lies nearest to it. Each cell is
the rectangle, cut by the line half way to each neighbour, the nearest first, until no other can reach it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
WIDTH, LOWEST, HIGHEST = 320.0, 160.0, 400.0
"""Units of the drawing: how wide it is, and how high at least and at most."""
_MARGIN = 24.0
_CLOSEST = 1e6
"""Units of a degree at most, some ten centimetres each: of places that are nearer no number says how near."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What lies nearest to a place: the place itself, and the corners around it as SVG writes them."""

    x: float
    y: float
    corners: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map: its height, and a cell for each place by its key; those at one and the same spot share one.

    `lines` lie over them, as SVG writes their points; what of them is beyond the edge is not seen.
    """

    height: float
    cells: Mapping[str, Cell]
    lines: Sequence[str] = ()

    @property
    def box(self) -> str:
        """The drawing's `viewBox`."""
        return f"0 0 {WIDTH:g} {self.height:g}"


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where degrees are on the drawing: degrees of longitude shrink as the cosine of the middle latitude."""

    middle: float
    units: float
    left: float
    above: float
    height: float

    def at(self, lat: float, lon: float) -> Point:
        return round(lon * self.middle * self.units + self.left, 1), round(-lat * self.units + self.above, 1)


def drawn(places: Mapping[str, Point], lines: Iterable[Sequence[Point]] = ()) -> Drawing:
    """Return the map of places given as (latitude, longitude) in degrees of WGS-84, north above, with lines on it."""
    if not places:
        return Drawing(LOWEST, {})
    scale = _scale(list(places.values()))
    spots, height = {key: scale.at(*at) for key, at in places.items()}, scale.height
    rectangle = [(0.0, 0.0), (WIDTH, 0.0), (WIDTH, height), (0.0, height)]
    points = sorted(set(spots.values()))
    made = {at: Cell(*at, _written(_around(at, points, rectangle))) for at in points}
    written = [_written([scale.at(*at) for at in line]) for line in lines]
    return Drawing(height, {key: made[at] for key, at in spots.items()}, written)


def _scale(places: Sequence[Point]) -> _Scale:
    """Return the scale by which all places are on the drawing, in its middle."""
    middle = math.cos(math.radians(sum(lat for lat, _ in places) / len(places)))
    flat = [(lon * middle, -lat) for lat, lon in places]
    west, north = (min(at[axis] for at in flat) for axis in (0, 1))
    wide, high = (max(at[axis] for at in flat) - least for axis, least in ((0, west), (1, north)))
    room, most = WIDTH - 2 * _MARGIN, HIGHEST - 2 * _MARGIN
    scale = min(room / wide if wide else math.inf, most / high if high else math.inf)
    scale = 1.0 if math.isinf(scale) else min(scale, _CLOSEST)
    height = min(HIGHEST, max(LOWEST, high * scale + 2 * _MARGIN))
    left, above = (WIDTH - wide * scale) / 2 - west * scale, (height - high * scale) / 2 - north * scale
    return _Scale(middle, scale, left, above, round(height, 1))


def _around(at: Point, points: Sequence[Point], rectangle: list[Point]) -> list[Point]:
    """Return the corners of what of a rectangle is nearer to `at` than to any other of the points."""
    corners = rectangle
    for away, other in sorted((math.dist(at, other), other) for other in points if other != at):
        if away / 2 > max(math.dist(at, corner) for corner in corners):
            break
        corners = _cut(corners, at, other)
    return corners


def _cut(corners: Sequence[Point], at: Point, other: Point) -> list[Point]:
    """Return what of a convex figure is nearer to `at` than to `other` (Sutherland and Hodgman's clipping, 1974)."""
    across = (other[0] - at[0], other[1] - at[1])
    half = ((other[0] + at[0]) / 2, (other[1] + at[1]) / 2)

    def beyond(corner: Point) -> float:
        return (corner[0] - half[0]) * across[0] + (corner[1] - half[1]) * across[1]

    kept: list[Point] = []
    for place, corner in enumerate(corners):
        before = corners[place - 1]
        was, now = beyond(before), beyond(corner)
        if (was > 0) != (now > 0):
            part = was / (was - now)
            kept.append((before[0] + part * (corner[0] - before[0]), before[1] + part * (corner[1] - before[1])))
        if now <= 0:
            kept.append(corner)
    return kept


def _written(corners: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
