"""The schematic map: each place has what lies nearest to it, and together they have all of the drawing."""

import math
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.portal.cells import HIGHEST, LOWEST, WIDTH, Point, drawn

DEGREES = st.tuples(st.floats(27, 29, allow_nan=False), st.floats(108, 110, allow_nan=False))


def corners_of(written: str) -> list[Point]:
    """The corners of a cell as numbers."""
    pairs = [pair.split(",") for pair in written.split()]
    return [(float(x), float(y)) for x, y in pairs]


def area_of(corners: list[Point]) -> float:
    """The area of a polygon (Gauss's formula)."""
    beside = zip(corners, [*corners[1:], *corners[:1]], strict=True)
    return abs(math.fsum(a[0] * b[1] - b[0] * a[1] for a, b in beside)) / 2


@example([(27.0, 108.0), (27.000000000000004, 108.0)])
@given(st.lists(DEGREES, min_size=1, max_size=40))
def test_cells_cover_the_drawing_once(degrees: list[Point]) -> None:
    """Their areas sum to the rectangle's; no corner is nearer to another place; each place lies in its own cell."""
    drawing = drawn({f"p-{number}": at for number, at in enumerate(degrees)})
    cells = set(drawing.cells.values())
    assert len(drawing.cells) == len(degrees)
    assert LOWEST <= drawing.height <= HIGHEST
    # Corners are written to a tenth: a side of some hundred units is wrong by some ten units of area at most.
    summed = sum(area_of(corners_of(cell.corners)) for cell in cells)
    assert summed == pytest.approx(WIDTH * drawing.height, abs=0.1 * 400 * len(cells))
    for cell in cells:
        assert 0 <= cell.x <= WIDTH
        assert 0 <= cell.y <= drawing.height
        for corner in corners_of(cell.corners):
            nearest = min(math.dist(corner, (other.x, other.y)) for other in cells)
            assert math.dist(corner, (cell.x, cell.y)) <= nearest + 0.3


def test_two_places_share_by_the_line_between_them() -> None:
    """West and east of it; north is above."""
    drawing = drawn({"west": (28.0, 109.0), "east": (28.0, 109.2)})
    west, east = (corners_of(drawing.cells[name].corners) for name in ("west", "east"))
    assert max(x for x, _ in west) == min(x for x, _ in east) == WIDTH / 2
    above = drawn({"north": (28.2, 109.0), "south": (28.0, 109.0)}).cells
    assert above["north"].y < above["south"].y


def test_places_at_one_spot_share_a_cell_and_nowhere_is_a_map() -> None:
    """Two schools behind one gate are one cell; one alone has the whole drawing; none has none."""
    one = drawn({"a": (28.0, 109.0), "b": (28.0, 109.0)})
    assert one.cells["a"] == one.cells["b"]
    assert area_of(corners_of(one.cells["a"].corners)) == WIDTH * one.height
    assert drawn({}).cells == {}


def test_a_large_county_is_drawn_at_once() -> None:
    """Three hundred schools take a tenth of a second of one core on any machine that serves pages, a second at most."""
    places = {f"p-{n}": (28 + math.sin(n * 7.3) / 5, 109 + math.cos(n * 3.1) / 5) for n in range(300)}
    began = time.process_time()
    assert len(set(drawn(places).cells.values())) == 300
    assert time.process_time() - began < 1.0
