"""The page about speed says what was measured, what was asked for, and why it was missed."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import benchmarks
from benchmarks.aims import AIMS, Aim
from benchmarks.report import newest, picture, read, told


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
    assert f"- `farmers.accept` (made): {AIMS['farmers.accept'].missed}" in page
    assert "value ≤ 1 ✓" in page
    assert "- `procurement.month_report`" not in page


def test_the_picture_has_a_bar_for_each_line_with_an_aim() -> None:
    """Short of the aim the bar lies left of the middle, beyond it right; one far out ends at the edge."""
    lines = [_line("farmers.accept", 200.0, 0.5), _line("procurement.month_report", 1e-9), _line("shared.startup", 1.0)]
    drawn = ElementTree.fromstring(picture(lines))  # noqa: S314 (we have just written it)
    bars = [rect for rect in drawn.iter("{http://www.w3.org/2000/svg}rect") if len(rect)]
    assert [bar[0].text for bar in bars] == ["200 s (aim: ratio ≥ 0.6)", "1e-09 s (aim: value ≤ 1)"]
    short, beyond = (float(bar.attrib["x"]) for bar in bars)
    assert short < beyond
    assert beyond + float(bars[1].attrib["width"]) <= 900
