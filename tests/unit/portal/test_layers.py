"""A county's own layer: lines and areas of a file, as light as maps have to be."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from services.portal.layers import LARGEST, Layer, layer_of

SQUARE = [[109.0, 28.0], [109.1, 28.0], [109.100004, 28.00001], [109.1, 28.1], [109.0, 28.0]]
ROUND = ((28.0, 109.0), (28.0, 109.1), (28.1, 109.1), (28.0, 109.0))


def written(folder: Path, kind: str, coordinates: Any, **more: Any) -> Path:
    """A folder with a layer of one geometry for a county."""
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": coordinates}}
    told = {"type": "FeatureCollection", "features": [feature], **more}
    (folder / "520628.geojson").write_text(json.dumps(told), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [("LineString", SQUARE), ("Polygon", [SQUARE]), ("MultiLineString", [SQUARE]), ("MultiPolygon", [[SQUARE]])],
)
def test_lines_and_areas_are_lines(tmp_path: Path, kind: str, coordinates: Any) -> None:
    """Whatever the geometry: its edges as latitude and longitude, to ten metres; points that fall together are one."""
    folder = written(tmp_path, kind, coordinates, attribution="测绘院（虚构）")
    assert layer_of(folder, "520628") == Layer((ROUND,), "测绘院（虚构）")


def test_a_county_without_one_has_none(tmp_path: Path) -> None:
    """No folder, no county, another county, and a county that is the name of no file."""
    folder = written(tmp_path, "LineString", SQUARE)
    for where, county in ((None, "520628"), (folder, None), (folder, "520627"), (folder, "../520628")):
        assert layer_of(where, county) is None
    assert layer_of(folder, "520628") == Layer((ROUND,), None)


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("Point", [109.0, 28.0]),
        ("LineString", [[28.0, 109.0], [28.0, 109.1]]),  # latitude first
        ("LineString", [["a", "b"]]),
        ("LineString", []),
        ("Polygon", None),
        ("LineString", [[109 + n / 1000, 28.0] for n in range(LARGEST // 10)]),
    ],
)
def test_what_is_none_is_not_drawn(tmp_path: Path, kind: str, coordinates: Any) -> None:
    """A file that is no layer, or too large for a page, leaves the map as it is without one."""
    assert layer_of(written(tmp_path, kind, coordinates), "520628") is None
    (tmp_path / "520628.geojson").write_text("[]")
    assert layer_of(tmp_path, "520628") is None


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """Nobody has to start the portal anew."""
    folder = written(tmp_path, "LineString", SQUARE)
    assert layer_of(folder, "520628") is not None
    written(tmp_path, "LineString", [[109.5, 28.0], [109.6, 28.0]])
    os.utime(folder / "520628.geojson", ns=(1, 1))
    assert layer_of(folder, "520628") == Layer((((28.0, 109.5), (28.0, 109.6)),), None)
