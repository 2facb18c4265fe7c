"""Charts have the proportions of their numbers."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.charts import HEIGHT, WIDTH, bars, filled_part, level, points, stacks

VALUES = st.lists(st.floats(-1e6, 1e6, allow_nan=False), max_size=12)


@given(VALUES, st.none() | st.floats(0, 1e6))
def test_bars_stay_in_the_drawing(values: list[float], line: float | None) -> None:
    """No bar leaves the drawing, none is negative, and there is one for each value."""
    marks = bars(values, line)
    assert len(marks) == len(values)
    for mark in marks:
        assert 0 <= mark.x <= WIDTH
        assert 0 <= mark.height <= HEIGHT + 0.1
        assert isclose(mark.y + mark.height, HEIGHT, abs_tol=0.11)


def test_bars_are_in_proportion() -> None:
    """Twice the value is twice the height; a target above all values is on the drawing."""
    one, two = bars([10, 20])
    assert (one.height, two.height) == (60.0, 120.0)
    assert bars([10], line=20)[0].height == 60.0
    assert (level(20, [10]), level(10, [10, 20]), level(0, [1])) == (0.0, 60.0, 120.0)


@given(st.lists(st.lists(st.floats(0, 1e6), min_size=1, max_size=4), max_size=6))
def test_stacks_fill_no_more_than_the_width(rows: list[list[float]]) -> None:
    """Parts follow one another without a gap, and the longest row ends at the end."""
    for marks, row in zip(stacks(rows), rows, strict=True):
        assert [mark.number for mark in marks] == list(range(len(row)))
        assert sum(mark.width for mark in marks) <= WIDTH + 0.1 * len(row)


def test_a_missing_value_breaks_a_line() -> None:
    """What was not measured is not drawn as if it had been."""
    assert points([1.0, None, 1.0, 0.0]) == ["0.0,0.0", "213.3,0.0 320.0,120.0"]
    assert points([]) == []
    assert points([0.0, 0.0]) == ["0.0,120.0 320.0,120.0"]


@pytest.mark.parametrize(
    ("value", "top", "filled"), [(0, 10, 0.0), (5, 10, 50.0), (25, 10, 100.0), (-1, 10, 0.0), (3, 0, 0.0)]
)
def test_a_gauge_is_filled_by_its_part(value: float, top: float, filled: float) -> None:
    """In hundredths of its length: never less than nothing, never more than all."""
    assert filled_part(value, top) == filled
