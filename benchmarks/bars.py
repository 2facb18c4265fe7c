"""Horizontal bars on a scale of powers of ten, left and right of 1, as an SVG that also reads well in one colour."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, RIGHT, ROW, TOP = 1100, 470, 30, 26, 46
SPAN = 2.0
"""Powers of ten to either side of the middle; what is farther out ends at the edge."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar's name, how many times as good as asked for it came out, and what is told beside it."""

    name: str
    times: float
    told: str


def drawn(title: str, bars: Sequence[Bar]) -> str:
    """Return the SVG: right of the middle is better than asked for, left of it is short."""
    height = TOP + ROW * len(bars) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="10" y="18" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    for power in range(-int(SPAN), int(SPAN) + 1):
        x = _x(10.0**power)
        parts.append(f'<line x1="{x:.0f}" y1="{TOP - 8}" x2="{x:.0f}" y2="{height - 8}" stroke="#bbbbbb"/>')
        parts.append(f'<text x="{x:.0f}" y="{TOP - 12}" text-anchor="middle" fill="#555555">× {10.0**power:g}</text>')
    for number, bar in enumerate(bars):
        parts += _bar(bar, TOP + ROW * number)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bar(bar: Bar, y: int) -> list[str]:
    middle, end = _x(1.0), _x(bar.times)
    colour = "#1f6f50" if bar.times >= 1 else "#b3541e"
    sign = "✓" if bar.times >= 1 else "✗"
    left, width = min(middle, end), max(1.0, abs(end - middle))
    # Beside the middle on the side where no bar is, so that the words never lie on it.
    x, anchor = (middle - 6, "end") if bar.times >= 1 else (middle + 6, "start")
    return [
        f'<text x="10" y="{y + 16}">{sign} {escape(bar.name)}</text>',
        f'<rect x="{left:.1f}" y="{y + 4}" width="{width:.1f}" height="{ROW - 10}" fill="{colour}">'
        f"<title>{escape(bar.told)}</title></rect>",
        f'<text x="{x:.1f}" y="{y + 16}" text-anchor="{anchor}" fill="#333333">× {bar.times:.2g}</text>',
    ]


def _x(times: float) -> float:
    """Return where a number of times lies, in the picture's units."""
    power = max(-SPAN, min(SPAN, math.log10(times))) if times > 0 else -SPAN
    return LEFT + (power + SPAN) / (2 * SPAN) * (WIDTH - LEFT - RIGHT)
