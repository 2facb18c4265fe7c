"""The temperature curve of a trip: readings in, points of an SVG out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

WIDTH, HEIGHT = 320.0, 120.0
_MOST_POINTS = 240
"""Points of a line: more of them are closer than a pixel."""
_SPARE_C = 2.0


@dataclass(frozen=True, slots=True)
class Line:
    """What one sensor measured: pieces of a line, broken where it was silent; `number` tells its style."""

    device_id: str
    number: int
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """Temperatures over time. `band`: where the allowed temperatures lie, from the top, as (y, height)."""

    lines: tuple[Line, ...]
    begin: datetime
    end: datetime
    lowest_c: float
    highest_c: float
    last_c: float
    top_c: float
    bottom_c: float
    band: tuple[float, float] | None


def curve(
    readings: Sequence[Mapping[str, Any]], low_c: float | None, high_c: float | None, silence_minutes: int
) -> Curve | None:
    """Return the curve of a trip's readings, None where no temperature was told."""
    told = [
        (one["device_id"], datetime.fromisoformat(one["at"]), float(one["temperature_c"]))
        for one in readings
        if one["temperature_c"] is not None
    ]
    if not told:
        return None
    told.sort()
    begin, end = min(at for _, at, _ in told), max(at for _, at, _ in told)
    values = [value for _, _, value in told]
    bounds = [bound for bound in (low_c, high_c) if bound is not None]
    bottom, top = min(*values, *bounds, values[0]) - _SPARE_C, max(*values, *bounds, values[0]) + _SPARE_C
    scale = _Scale(begin, max(1.0, (end - begin).total_seconds()), bottom, top)
    lines = [
        Line(device_id, number, tuple(scale.pieces([(at, value) for _, at, value in its], silence_minutes * 60.0)))
        for number, (device_id, its) in enumerate(groupby(told, key=lambda one: one[0]), start=1)
    ]
    upper = 0.0 if high_c is None else scale.y(high_c)
    lower = HEIGHT if low_c is None else scale.y(low_c)
    band = (round(upper, 1), round(lower - upper, 1)) if bounds else None
    last = max(told, key=lambda one: one[1])[2]
    return Curve(tuple(lines), begin, end, min(values), max(values), last, top, bottom, band)


@dataclass(frozen=True, slots=True)
class _Scale:
    begin: datetime
    lasts_s: float
    bottom: float
    top: float

    def y(self, value: float) -> float:
        """Return how far down a temperature lies."""
        return (self.top - value) / (self.top - self.bottom) * HEIGHT

    def pieces(self, told: Sequence[tuple[datetime, float]], silence_s: float) -> list[str]:
        """Return the pieces of a line through temperatures, as SVG writes them."""
        step = max(1, len(told) // _MOST_POINTS)
        pieces: list[list[str]] = [[]]
        before: datetime | None = None
        for place, (at, value) in enumerate(told):
            if before is not None and (at - before).total_seconds() > silence_s:
                pieces.append([])
            before = at
            if pieces[-1] and place % step and place != len(told) - 1:
                continue
            x = (at - self.begin).total_seconds() / self.lasts_s * WIDTH
            pieces[-1].append(f"{x:.1f},{self.y(value):.1f}")
        # A piece of one point is a dot: a line of no length, which round ends make visible.
        return [" ".join(piece if len(piece) > 1 else piece * 2) for piece in pieces]
