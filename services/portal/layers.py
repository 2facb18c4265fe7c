"""A county's own layer of the maps: boundaries it has a licence for, as a file in a folder named by `CLOUD_MAP_LAYERS`.

No boundaries can be passed on with this project (docs/portal.md), so maps are schematic where a county has none.
`<county code>.geojson` is a FeatureCollection of lines and areas in WGS-84; its member `attribution` says whose it is.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog

LARGEST = 40_000
"""Bytes of a layer as pages have it: a map is light enough for a phone's line with it."""
_DIGITS = 4
"""Decimals of degrees: ten metres, less than a dot of any screen shows of a county."""
_DEPTHS = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}
"""How deep the lines of a geometry lie in its coordinates."""
Line = tuple[tuple[float, float], ...]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Layer:
    """Lines as (latitude, longitude) in degrees, areas by their edges, and whose they are."""

    lines: tuple[Line, ...]
    attribution: str | None


def layer_of(folder: Path | None, county_code: str | None) -> Layer | None:
    """Return a county's layer; None where it has none, or one that is no layer or too large: the log says which."""
    if folder is None or county_code is None or not county_code.isdigit():
        return None
    file = folder / f"{county_code}.geojson"
    try:
        changed = file.stat().st_mtime_ns
    except OSError:
        return None
    return _read(file, changed)


@lru_cache(maxsize=200)
def _read(file: Path, _changed: int) -> Layer | None:
    """Read a file once, until it is changed."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        layer = Layer(tuple(_lines(told)), _attribution(told))
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as wrong:
        log.warning("map-layer-refused", file=str(file), reason=str(wrong)[:200])
        return None
    if (size := len(json.dumps(layer.lines))) > LARGEST:
        reason = f"{size} bytes of at most {LARGEST}: simplify its lines"
        log.warning("map-layer-refused", file=str(file), reason=reason)
        return None
    return layer


def _attribution(told: Mapping[str, Any]) -> str | None:
    said = told.get("attribution")
    return said[:200] if isinstance(said, str) and said.strip() else None


def _lines(told: Mapping[str, Any]) -> Iterator[Line]:
    for feature in told["features"]:
        geometry = feature["geometry"]
        yield from _of_depth(geometry["coordinates"], _DEPTHS[geometry["type"]])


def _of_depth(coordinates: Sequence[Any], depth: int) -> Iterator[Line]:
    if depth:
        for part in coordinates:
            yield from _of_depth(part, depth - 1)
    else:
        points = [_point(*at[:2]) for at in coordinates]
        if len(points) < 2:
            raise ValueError("a line has two points at least")
        yield tuple(at for at, before in zip(points, [None, *points[:-1]], strict=True) if at != before)


def _point(lon: float, lat: float) -> tuple[float, float]:
    """Return a point as we have it. Raises ValueError for one that is not on the earth."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(f"{lon}, {lat} is no longitude and latitude")
    return round(lat, _DIGITS), round(lon, _DIGITS)
