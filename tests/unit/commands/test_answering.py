"""The tool as a shell sees it: help, exit statuses, words for people and JSON for programs."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from services.__main__ import COMMANDS, main

Said = pytest.CaptureFixture[str]


def ended(*words: str) -> int:
    """Return the exit status of a command."""
    with pytest.raises(SystemExit) as end:
        main(words)
    return int(end.value.code or 0)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands look into an empty folder."""
    monkeypatch.setenv("CLOUD_VAR", str(tmp_path))


def test_help_names_every_command(capsys: Said) -> None:
    """The help is the table of commands, with the exit statuses."""
    assert ended("--help") == 0
    said = capsys.readouterr().out
    assert [name for name in COMMANDS if f"    {name}" not in said] == []
    assert "3: a database" in said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_json(name: str, capsys: Said) -> None:
    """Every command explains itself and answers programs; every module is asked for by a command."""
    assert ended(name, "--help") == 0
    assert "--json" in capsys.readouterr().out
    module = import_module(f"services.commands.{name.replace('-', '_')}")
    assert callable(module.run)


def test_no_module_is_forgotten() -> None:
    """Every module that has a `run` is a command."""
    folder = Path(str(import_module("services.commands").__file__)).parent
    runs = {
        file.stem
        for file in folder.glob("*.py")
        if "\ndef run(" in (text := file.read_text()) or "\nasync def run(" in text
    }
    assert runs == {name.replace("-", "_") for name in COMMANDS}


def test_what_is_done_ends_with_zero(capsys: Said) -> None:
    """A command that did what it was to do says so, in words or as one JSON object."""
    assert ended("topics") == 0
    assert capsys.readouterr().out.endswith("topics are there\n")
    assert ended("topics", "--json") == 0
    assert "nutrition.menu.v1" in json.loads(capsys.readouterr().out)["topics"]


def test_what_is_refused_ends_with_one(capsys: Said) -> None:
    """A rule that refuses is named, with the field where there is one."""
    assert ended("rerun", "run-1", "--yes") == 1
    assert capsys.readouterr().err.startswith("no-database: procurement has none at ")
    assert ended("rerun", "run-1", "--yes", "--json") == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["rule"], error["field"]) == ("no-database", None)


def test_what_is_found_wrong_ends_with_one(capsys: Said) -> None:
    """What somebody has to look at stands on standard error, the rest on standard output."""
    assert ended("status", "farmers") == 1
    said = capsys.readouterr()
    assert said.out.startswith("service")
    assert said.err.startswith("farmers: farmers has none at ")


def test_what_is_asked_wrongly_ends_with_two(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands there are not, and settings that are none."""
    assert ended("nothing") == 2
    assert ended("verify-audit", "nobody") == 2
    assert ended("verify-audit", "farmers", "--kept", "1:none") == 2
    assert ended("erase", "hh-1", "--reason", "", "--yes") == 2
    assert "invalid (reason): " in capsys.readouterr().err
    monkeypatch.setenv("CLOUD_BUS", "pigeons")
    assert ended("status") == 2
    assert "invalid (bus): Input should be" in capsys.readouterr().err


def test_who_does_not_answer_ends_with_three(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database nobody listens at is not taken for one that is well."""
    monkeypatch.setenv("CLOUD_DATABASE_URL", "postgresql+asyncpg://farmers:x@127.0.0.1:1/farmers")
    assert ended("verify-audit", "farmers") == 3
    assert capsys.readouterr().err.startswith("database-unreachable: ")
    assert "x@127" not in capsys.readouterr().err
