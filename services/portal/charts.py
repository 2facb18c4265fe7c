"""The geometry of charts: numbers in, lengths and points of an SVG out; `templates/parts/charts.html` draws them.

Every chart is 320 units wide and says its numbers in a table below, too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320.0, 120.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar or a part of one: where it begins and how long it is, in units of the drawing; `number` tells its style."""

    x: float
    y: float
    width: float
    height: float
    number: int = 0


def _scale(values: Sequence[float | None], line: float | None = None) -> tuple[float, float]:
    """Return the values at both ends of the scale: nought and all values are on it, and it has a length."""
    there = [value for value in (*values, line, 0.0) if value is not None]
    return min(there), max(there) if max(there) > min(there) else min(there) + 1.0


def bars(values: Sequence[float], line: float | None = None) -> list[Mark]:
    """Return an upright bar for each value."""
    top, step = _scale([max(0.0, value) for value in values], line)[1], WIDTH / max(1, len(values))
    heights = [max(0.0, value) / top * HEIGHT for value in values]
    return [
        Mark(round((place + 0.1) * step, 1), round(HEIGHT - tall, 1), round(step * 0.8, 1), round(tall, 1))
        for place, tall in enumerate(heights)
    ]


def level(line: float, values: Sequence[float | None]) -> float:
    """Return how far down a line at a value lies, among bars or points of those values."""
    low, high = _scale(values, line)
    return round(HEIGHT - (line - low) / (high - low) * HEIGHT, 1)


def stacks(rows: Sequence[Sequence[float]]) -> list[list[Mark]]:
    """Return for each row a bar that lies, of its parts one after the other; the longest row fills the width."""
    top = _scale([math.fsum(max(0.0, each) for each in row) for row in rows])[1]
    found = []
    for place, row in enumerate(rows):
        begin, marks = 0.0, list[Mark]()
        for number, value in enumerate(row):
            width = max(0.0, value) / top * WIDTH
            marks.append(Mark(round(begin, 1), place * 28.0, round(width, 1), 20.0, number))
            begin += width
        found.append(marks)
    return found


def points(values: Sequence[float | None], height: float = HEIGHT, line: float | None = None) -> list[str]:
    """Return the points of a line, as SVG writes them; a value that is missing breaks it into several."""
    low, high = _scale(values, line)
    step = WIDTH / max(1, len(values) - 1)
    pieces: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            down = height - (value - low) / (high - low) * height
            pieces[-1].append(f"{place * step:.1f},{down:.1f}")
    return [" ".join(piece) for piece in pieces if piece]


def filled_part(value: float, top: float) -> float:
    """Return how much of a gauge of length 100 is filled; beyond `top` it is full."""
    return round(100 * min(1.0, max(0.0, value / top if top > 0 else 0.0)), 1)


CHARTS = {"bars": bars, "stacks": stacks, "points": points, "filled_part": filled_part, "level": level}
"""What templates call."""
