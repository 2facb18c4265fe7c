"""`python -m benchmarks.report [LINES]`: what was measured, as a page people read, docs/performance.md.

LINES are what benchmarks printed (`make bench` keeps them under var). The newest line of each benchmark is kept in
docs/performance.jsonl, beside those measured before; the page and its picture are drawn from that file alone.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.aims import AIMS
from benchmarks.bars import Bar, drawn

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "docs" / "performance.jsonl"
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "images" / "performance.svg"
BEGIN, END = "<!-- figures: made by make bench-report -->", "<!-- end of figures -->"

Line = dict[str, Any]


def main(arguments: list[str] | None = None) -> int:
    """Keep new lines, draw the page; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("lines", nargs="?", type=Path, help="a file of lines to keep")
    options = parser.parse_args(arguments)
    kept = newest([*read(KEPT), *(read(options.lines) if options.lines else ())])
    KEPT.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept))
    PICTURE.write_text(picture(kept))
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{told(kept)}{END}{rest.partition(END)[2]}")
    return 0


def read(path: Path) -> Iterator[Line]:
    """Yield the lines of a file that benchmarks printed; anything else in it is passed over."""
    for text in path.read_text().splitlines() if path.exists() else ():
        if text.startswith('{"name"'):
            yield json.loads(text)


def newest(lines: Iterable[Line]) -> list[Line]:
    """Return the last line of each benchmark and input, by name."""
    last = {(line["name"], line["input"]): line for line in lines}
    return sorted(last.values(), key=lambda line: (line["name"], line["input"]))


def picture(lines: Iterable[Line]) -> str:
    """Return an SVG with a bar for each line that has an aim: how far beyond it, or short of it, it came."""
    bars = []
    for line in lines:
        aim = AIMS.get(line["name"])
        reached = aim.reached(line) if aim else None
        if aim and reached:
            bars.append(Bar(line["name"], reached, f"{_figure(line['value'])} {line['unit']} (aim: {aim.told})"))
    return drawn("How far each benchmark is beyond its aim, or short of it", bars)


def told(lines: list[Line]) -> str:
    """Return the table, and below it what missed its aim and why."""
    rows = [
        "\n| benchmark | measured | beside it, in the same run | ratio | aim | limit | CPU s | peak MB | on |",
        "|---|---|---|---|---|---|---|---|---|",
        *map(_row, lines),
    ]
    missed = [
        f"- `{line['name']}` ({line['input']}): {aim.missed or 'not looked into yet.'}"
        for line in lines
        if (aim := AIMS.get(line["name"])) and (aim.reached(line) or 1) < 1
    ]
    why = ["\n**Missed, why, and what comes next**\n", *missed] if missed else []
    return "\n".join([*rows, *why]) + "\n\n"


def _row(line: Line) -> str:
    aim = AIMS.get(line["name"])
    reached = aim.reached(line) if aim else None
    judged = "–" if aim is None else f"{aim.told} {'✓' if reached and reached >= 1 else '✗ missed'}"
    beside = "–" if line["reference_value"] is None else f"{line['reference']}: {_figure(line['reference_value'])}"
    ratio = "–" if line["ratio"] is None else _figure(line["ratio"])
    cells = [
        f"`{line['name']}`<br>{line['input']}",
        f"**{_figure(line['value'])}** {line['unit']}",
        beside,
        ratio,
        judged,
        aim.limit if aim and aim.limit else "–",
        _figure(line["cpu_seconds"]),
        f"{line['peak_mb']:,.0f}",
        _machine(line),
    ]
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _machine(line: Line) -> str:
    on = line["machine"]
    return f"{line['day']}, {on['cores']} cores, {on['processor']}, Python {on['python']}, load {on['load']:g} before"


def _figure(number: float) -> str:
    """Return a figure with three digits that count, or all of its whole ones."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


if __name__ == "__main__":
    raise SystemExit(main())
