"""A week that is laid down between two steps goes on where it stood, with all that it has cost."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.harness import Unfinished
from benchmarks.week.kept import Kept
from benchmarks.week.stages import Stage

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def test_it_goes_on_where_it_was_laid_down(tmp_path: Path) -> None:
    """Steps, stages, the clock, and the most memory a process had in any of the sittings."""
    stages = {"loading": Stage(items=3, seconds=1.5, cpu_s={"farmers": 2.0})}
    first = Kept.open(tmp_path / "week", 60)
    assert (first.finished, first.stages, first.clock) == ([], {}, None)
    first.over("loading", stages, {"farmers": 200}, NOW)
    again = Kept.open(tmp_path / "week", 60)
    assert (again.finished, again.stages, again.clock) == (["loading"], stages, NOW)
    again.over("the week is planned", stages, {"farmers": 150, "nutrition": 400}, NOW)
    assert Kept.open(tmp_path / "week", 60).peak_mb == {"farmers": 200, "nutrition": 400}


def test_it_is_laid_down_when_its_time_is_over(tmp_path: Path) -> None:
    """After a step, of which it is written down that it is over."""
    kept = Kept.open(tmp_path, 0)
    with pytest.raises(Unfinished, match="loading is over"):
        kept.over("loading", {}, {}, NOW)
    assert Kept.open(tmp_path, 60).finished == ["loading"]


def test_a_step_that_is_not_over_is_to_be_gone_on_with(tmp_path: Path) -> None:
    """Told to end in the middle: what the step has cost is kept, and it is none of those that are over."""
    kept = Kept.open(tmp_path, 60)
    with pytest.raises(Unfinished, match="in the middle"):
        kept.lay_down({"loading": Stage(items=3)}, {"farmers": 200}, NOW)
    again = Kept.open(tmp_path, 60)
    assert (again.finished, again.stages, again.clock) == ([], {"loading": Stage(items=3)}, NOW)


def test_what_a_step_cost_that_failed_is_kept(tmp_path: Path) -> None:
    """A step that ended with an error is gone on with, and what it cost until then counts."""
    Kept.open(tmp_path, 60).write({"loading": Stage(items=3)}, {"farmers": 200}, NOW)
    again = Kept.open(tmp_path, 60)
    assert (again.finished, again.stages, again.peak_mb) == ([], {"loading": Stage(items=3)}, {"farmers": 200})


def test_folder_named_from_here_is_the_same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: servers with working folders of their own find a week's folder, however it was named."""
    monkeypatch.chdir(tmp_path)
    assert Kept.open(Path("week"), 1).directory == tmp_path / "week"
