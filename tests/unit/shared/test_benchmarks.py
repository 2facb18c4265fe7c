"""Benchmarks are listed, run alone, and print one JSON object each."""

import json
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from benchmarks import __main__ as command
from benchmarks.harness import Options, Outcome, benchmark, measure, registered


@benchmark("test.counting")
def counting(options: Options) -> Outcome:
    """Counts."""
    return Outcome(f"{options.scaled(10)} sheep", 3.0, "sheep/s", "a shepherd", 2.0, {"seed": options.seed})


def test_a_run_says_what_it_is_next_to_its_reference() -> None:
    """Every measurement names input, seed, unit, reference, day and machine, and carries the ratio of the two."""
    found = measure("test.counting", Options(seed=7, scale=0.5))
    assert list(found) == [
        *("name", "input", "seed", "scale", "value", "unit", "reference", "reference_value", "ratio"),
        *("seconds", "cpu_seconds", "peak_mb", "day", "machine", "details"),
    ]
    assert (found["input"], found["seed"], found["ratio"], found["details"]) == ("5 sheep", 7, 1.5, {"seed": 7})


def test_a_name_belongs_to_one_benchmark() -> None:
    """Two benchmarks of one name would hide each other."""
    with pytest.raises(TypeError, match=r"test\.counting"):
        benchmark("test.counting")(counting)


def test_the_command_lists_and_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name all are listed; a name runs one; an unknown one is told."""
    assert command.main([]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in ("backbone.relay", "backbone.consume", "backbone.latency"))
    assert command.main(["test.counting", "--seed", "3"]) == 0
    assert json.loads(capsys.readouterr().out)["seed"] == 3
    assert command.main(["nobody.knows"]) == 2
    assert set(registered()) > {"test.counting"}


def test_each_of_all_loads_its_own_module_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the others need is neither paid for nor measured with it; one that fails makes the whole fail."""
    asked: dict[str, list[str]] = {}

    def noted(words: list[str], **_: object) -> SimpleNamespace:
        asked[words[3]] = words
        return SimpleNamespace(stdout=f"{words[3]}\n", returncode=int(words[3] == "backbone.relay"))

    monkeypatch.setattr("benchmarks.__main__.subprocess.run", noted)
    monkeypatch.setattr("benchmarks.__main__.lent", lambda: nullcontext({}))
    assert command.main(["quick"]) == 1
    assert capsys.readouterr().out.splitlines() == list(registered())
    assert "--module=backbone" in asked["backbone.relay"]
    assert "--module=province_week" in asked["cloud.province_week"]


def test_among_all_the_dearest_is_given_a_part_of_the_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    """A week at a tenth of the province would take longer than all others; alone it has the scale asked for."""
    asked: dict[str, float] = {}

    def noted(words: list[str], **_: object) -> SimpleNamespace:
        asked[words[3]] = float(words[-1].removeprefix("--scale="))
        return SimpleNamespace(stdout="", returncode=0)

    monkeypatch.setattr("benchmarks.__main__.subprocess.run", noted)
    assert command._told(command._run_all(1, 0.1)) == 0
    assert asked["cloud.province_week"] == pytest.approx(0.0007)
    assert {asked[name] for name in asked if name not in command.PART_OF_ALL} == {0.1}


def test_quick_begins_with_the_longest_and_tells_in_the_order_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the long ones is to run alone at the end; a server is lent to those that need none of their own."""
    begun: list[str] = []
    known: dict[str, str | None] = {}

    def noted(words: list[str], env: dict[str, str], **_: object) -> SimpleNamespace:
        begun.append(words[3])
        known[words[3]] = env.get("LENT")
        return SimpleNamespace(stdout=words[3], returncode=0)

    monkeypatch.setattr("benchmarks.__main__.subprocess.run", noted)
    done = list(command._run_all(1, 0.001, 2, {"backbone.relay": {"LENT": "here"}}))
    assert [run.stdout for run in done] == list(registered())
    assert set(begun[:2]) == set(command.LONGEST[:2])
    assert {name for name, lent in known.items() if lent} == {"backbone.relay"}


def test_servers_are_lent_by_module() -> None:
    """Every module that is named has benchmarks, and those that measure their servers get none of others."""
    modules = {command._module_of(name) for name in registered()}
    lent = {module for some in command.LENT.values() for module in some}
    assert lent <= modules
    assert not lent & {"replicas", "startup", "province_week", "rest"}


def test_what_is_searched_is_searched_for_a_part_of_the_time() -> None:
    """All of it at full size, a third at a tenth, and a moment where it is only to be seen that it works."""
    searched = [Options(scale=scale).searched(60) for scale in (2, 1, 0.5, 0.1, 0.001)]
    assert searched == [60, 60, 60, 18, 0.18]
    assert [Options(scale=scale).brief for scale in (1, 0.1, 0.001)] == [False, False, True]
