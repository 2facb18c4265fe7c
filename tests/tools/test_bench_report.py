"""The page about speed says what was measured, what was asked for, and why it was missed."""

import math
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import benchmarks
from benchmarks.aim import Aim
from benchmarks.aims import AIMS
from benchmarks.bars import WIDTH
from benchmarks.optimisers import OF_OPTIMISERS, ROWS
from benchmarks.report import newest, optimisers_told, picture, read, told


def _line(name: str, value: float, ratio: float | None = None, **details: Any) -> dict[str, Any]:
    """Return a line as a benchmark prints it."""
    return {
        "name": name,
        "input": "made",
        "seed": 1,
        "value": value,
        "unit": "s",
        "reference": "by hand",
        "reference_value": None if ratio is None else value / ratio,
        "ratio": ratio,
        "seconds": 1.0,
        "cpu_seconds": 1.0,
        "peak_mb": 100.0,
        "day": "2026-11-26",
        "machine": {"processor": "made", "cores": 2, "memory_gb": 8.0, "python": "3.11.7", "load": 0.1},
        "details": details,
    }


def test_an_aim_is_judged_by_its_figure() -> None:
    """At most and at least, of the value, the ratio or a detail however deep; what is not told is not judged."""
    line = _line("some.thing", 4.0, 0.5, p=[1, 250], county={"gap": 0.02})
    assert Aim("value", at_most=8).reached(line) == 2
    assert Aim("ratio", at_least=0.6).reached(line) == 0.5 / 0.6
    assert Aim("p.1", at_most=200).reached(line) == 0.8
    assert Aim("county.gap", at_most=0.01).reached(line) == 0.5
    assert Aim("county.cost", at_most=1).reached(line) is None
    assert Aim("peak_mb", at_most=50).reached(line) == 0.5


def test_an_aim_below_nothing_is_reached_by_what_lies_lower() -> None:
    """Two percent less is more than 1.8 percent less; more instead of less is as far from it as can be."""
    aim = Aim("cost", at_most=-0.018)
    assert [aim.reached(_line("some.thing", 1.0, cost=cost)) for cost in (-0.036, -0.009, 0.01)] == [2, 0.5, 0]
    assert Aim("gap", at_most=0.01).reached(_line("some.thing", 1.0, gap=0.0)) == math.inf


def test_every_aim_is_of_a_benchmark_there_is() -> None:
    """A benchmark that is renamed takes its aim along."""
    (folder,) = benchmarks.__path__
    texts = [path.read_text() for path in Path(folder).glob("*.py")]
    assert set(AIMS) <= {name for text in texts for name in re.findall(r'@benchmark\("([^"]+)"\)', text)}


def test_the_newest_line_of_each_input_stands(tmp_path: Path) -> None:
    """Measured again, the older figure goes; anything else a run printed is passed over."""
    lines = [_line("farmers.accept", 300.0, 0.7), _line("farmers.accept", 200.0, 0.5)]
    assert newest(lines) == lines[1:]
    file = tmp_path / "lines"
    file.write_text('== some words\n{"name": "farmers.accept", "input": "made"}\n')
    assert list(read(file)) == [{"name": "farmers.accept", "input": "made"}]


def test_what_missed_its_aim_is_told_with_the_reason() -> None:
    """A missed aim is marked in the table and explained below it; one that is reached is not."""
    page = told([_line("farmers.accept", 200.0, 0.5), _line("procurement.month_report", 0.4)])
    assert "ratio ≥ 0.6 ✗ missed" in page
    assert f"- `farmers.accept`, ratio ≥ 0.6 (made): {AIMS['farmers.accept'][0].missed}" in page
    assert "value ≤ 1 ✓" in page
    assert "- `procurement.month_report`" not in page


def test_each_aim_of_a_benchmark_is_judged() -> None:
    """A benchmark may have to reach several figures: each is marked by itself."""
    page = told([_line("farmers.accept_embedded", 1200.0, p50_p99_ms=[20, 300])])
    assert "value ≥ 1,000 ✓<br>p99, ms ≤ 150 ✗ missed" in page
    drawn = picture([_line("farmers.accept_embedded", 1200.0, p50_p99_ms=[20, 300])])
    assert "farmers.accept_embedded: value" in drawn
    assert "farmers.accept_embedded: p99, ms" in drawn


def test_every_row_of_the_optimisers_has_its_targets_and_who_measures_them() -> None:
    """Rows that nobody measures, and aims of rows there are not, would be forgotten."""
    asked = {aim.row for aims in OF_OPTIMISERS.values() for aim in aims if aim.row}
    assert asked == set(ROWS)
    for name, row in ROWS.items():
        assert any(aim.row == name for aim in OF_OPTIMISERS[row.benchmark])


def test_the_optimisers_are_judged_by_the_largest_instance_measured() -> None:
    """A tenth of a county says little: it is shown where there is nothing larger, and said to be a part."""
    lines = [_line("procurement.source_county", 0.1, 0.02, gap=gap, coupled={}, strong={}) for gap in (0.00002, 0.002)]
    lines[1] |= {"scale": 0.1, "input": "20 schools"}
    page = optimisers_told(lines)
    rows = page[-30:]
    assert any(
        "gap to the optimum ≤ 0.0001 | **2e-05** | ✓ | `procurement.source_county`: made |" in row for row in rows
    )
    assert any("CPU s of each process ≤ 12 | not measured" in row for row in rows)
    alone = [row for row in optimisers_told(lines[1:]) if "gap to the optimum" in row]
    assert "0.002 | a part only | `procurement.source_county`: 20 schools (scale 0.1)" in alone[0]
    assert "gap to the optimum" not in told(lines[1:]).partition("**The optimisers")[0]


def test_the_picture_has_a_bar_for_each_line_with_an_aim() -> None:
    """Short of the aim the bar lies left of the middle, beyond it right; one far out ends at the edge."""
    lines = [_line("farmers.accept", 200.0, 0.5), _line("procurement.month_report", 1e-9), _line("shared.startup", 1.0)]
    drawn = ElementTree.fromstring(picture(lines))  # noqa: S314 (we have just written it)
    bars = [rect for rect in drawn.iter("{http://www.w3.org/2000/svg}rect") if len(rect)]
    assert [bar[0].text for bar in bars] == ["0.5 (aim: ratio ≥ 0.6)", "1e-09 (aim: value ≤ 1)"]
    short, beyond = (float(bar.attrib["x"]) for bar in bars)
    assert short < beyond
    assert beyond + float(bars[1].attrib["width"]) <= WIDTH
