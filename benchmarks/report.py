"""`python -m benchmarks.report [LINES]`: what was measured, as a page people read, docs/performance.md.

LINES are what benchmarks printed (`make bench` keeps them under var). The newest line of each benchmark is kept in
docs/performance.jsonl, beside those measured before; the page and its picture are drawn from that file alone.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.aim import Aim, is_part
from benchmarks.aims import AIMS
from benchmarks.bars import Bar, drawn
from benchmarks.optimisers import OF_OPTIMISERS, ROWS

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
    """Return an SVG with a bar for each aim of each line: how far beyond it, or short of it, it came."""
    bars = [
        Bar(_named(line, aim), reached, f"{figure(aim.found(line))} (aim: {aim.told})")
        for line in lines
        for aim, reached in _judged(line)
    ]
    return drawn("How far each benchmark is beyond its aim, or short of it", bars)


def _judged(line: Line) -> list[tuple[Aim, float]]:
    """Return the aims a line is held against, and how many times as good as asked for it is."""
    judging = (aim for aim in AIMS.get(line["name"], ()) if aim.judges(line))
    return [(aim, reached) for aim in judging if (reached := aim.reached(line)) is not None]


def _named(line: Line, aim: Aim) -> str:
    size = f" at {line['scale']:g}" if is_part(line) else ""
    asked = " ".join(filter(None, (aim.row, aim.what or aim.figure)))
    return f"{line['name']}{size}" + (f": {asked}" if len(AIMS[line["name"]]) > 1 else "")


def told(lines: list[Line]) -> str:
    """Return the table, the optimisers' table, and below them what missed its aim and why."""
    rows = [
        "\n| benchmark | measured | beside it, in the same run | ratio | aim | limit | CPU s | peak MB | on |",
        "|---|---|---|---|---|---|---|---|---|",
        *map(_row, lines),
    ]
    missed = [
        f"- `{line['name']}`, {aim.told} ({line['input']}): {aim.missed or 'not looked into yet.'}"
        for line in lines
        for aim, reached in _judged(line)
        if reached < 1
    ]
    why = ["\n**Missed, why, and what comes next**\n", *missed] if missed else []
    return "\n".join([*rows, *optimisers_told(lines), *why]) + "\n\n"


def optimisers_told(lines: Iterable[Line]) -> list[str]:
    """Return the optimisers' table: every row and each of its targets, by the line of the largest instance."""
    largest: dict[tuple[str, str], Line] = {}
    for line in sorted(lines, key=lambda line: (float(line.get("scale", 1)), line["day"])):
        for aim in OF_OPTIMISERS.get(line["name"], ()):
            if aim.found(line) is not None:
                largest[line["name"], aim.figure] = line
    rows = [
        "\n**The optimisers, row by row**\n",
        "| | what is computed | prototypes had | target | measured | | of what |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in ROWS.items():
        asked = [(at, aim) for at, aims in OF_OPTIMISERS.items() for aim in aims if aim.row == name]
        for number, (at, aim) in enumerate(asked):
            by = largest.get((at, aim.figure))
            head = ["", "", ""] if number else [f"**{name}**", row.what, row.seen]
            cells = [*head, aim.told, *_found(by, aim), f"`{at}`" + _size(by)]
            rows.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return rows


def _found(line: Line | None, aim: Aim) -> tuple[str, str]:
    if line is None:
        return "not measured", "–"
    if is_part(line):
        return figure(aim.found(line)), "a part only"
    return f"**{figure(aim.found(line))}**", "✓" if (aim.reached(line) or 0) >= 1 else "✗ missed"


def _size(line: Line | None) -> str:
    if line is None:
        return ""
    return f": {line['input']}" + (f" (scale {line['scale']:g})" if is_part(line) else "")


def _row(line: Line) -> str:
    aims = AIMS.get(line["name"], ())
    marked = [f"{aim.told} {'✓' if reached >= 1 else '✗ missed'}" for aim, reached in _judged(line)]
    beside = "–" if line["reference_value"] is None else f"{line['reference']}: {figure(line['reference_value'])}"
    cells = [
        f"`{line['name']}`<br>{line['input']}",
        f"**{figure(line['value'])}** {line['unit']}",
        beside,
        figure(line["ratio"]),
        "<br>".join(marked) or "–",
        "<br>".join(dict.fromkeys(aim.limit for aim in aims if aim.limit)) or "–",
        figure(line["cpu_seconds"]),
        f"{line['peak_mb']:,.0f}",
        _machine(line),
    ]
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _machine(line: Line) -> str:
    on = line["machine"]
    return f"{line['day']}, {on['cores']} cores, {on['processor']}, Python {on['python']}, load {on['load']:g} before"


def figure(number: float | None) -> str:
    """Return a figure with three digits that count, or all of its whole ones; a dash for none."""
    if number is None:
        return "–"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


if __name__ == "__main__":
    raise SystemExit(main())
