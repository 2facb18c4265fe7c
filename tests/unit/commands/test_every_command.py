"""Every command of the one tool explains itself, and is asked by a test."""

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.__main__ import COMMANDS, parse, parser_of

ROOT = Path(__file__).resolve().parents[3]


def verbs_of(command: str) -> list[str]:
    """Return the verbs of a command ("dead-letters list"), or the command alone where it has none."""
    parser = parser_of(command)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) and isinstance(action.choices, dict):
            return [f"{command} {verb}" for verb in action.choices]
    return [command]


EVERY = [words for command in COMMANDS for words in verbs_of(command)]


def asked_words(path: Path) -> Iterator[str]:
    """Give what a test asks of the tool: `asked(where, "users", "add", …)` is "users add …", as a process or in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Name(id="asked"), args=parts):
                yield _said(parts)
            case ast.Call(func=ast.Name(id="parse"), args=[ast.List(elts=parts)]):
                yield _said(parts)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                said = _said(parts)
                if "-m services " in said or any(" " in words and said.startswith(words) for words in EVERY):
                    yield said.partition("-m services ")[2] or said


def _said(parts: list[ast.expr]) -> str:
    return " ".join(part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))


@pytest.mark.parametrize("words", EVERY)
def test_a_command_explains_itself(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` of each command and verb says what it is for and what it is told, and does nothing."""
    with pytest.raises(SystemExit) as ended:
        parse([*words.split(), "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: python -m services {words.split()[0]}")
    assert "--json" in said or len(words.split()) > 1


def test_every_command_is_asked_by_a_test() -> None:
    """What no test asks would break unseen: on the day it is needed."""
    asked = [words for path in (ROOT / "tests").rglob("*.py") for words in asked_words(path)]
    # The commands of the tutorial are run by tests/demo/test_tutorial.py.
    asked += re.findall(r"python -m services (.*)", (ROOT / "docs" / "tutorial.md").read_text())
    assert [words for words in EVERY if not any(f"{told} ".startswith(f"{words} ") for told in asked)] == []


def told_by_docs() -> list[str]:
    """Return the commands that pages tell to copy: those without a hole (…, ‹›, a word in capitals) in them."""
    pages = [path.read_text() for path in sorted((ROOT / "docs").glob("*.md"))]
    lines = [
        line
        for page in pages
        for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
        for line in block.splitlines()
    ]
    tools = r"(?:cloud|admin|\.venv/bin/python -m services|docker compose run --rm (?:--\w+ \S+ )*tool) (.*)"
    found = [re.match(tools, line) for line in lines]
    return sorted({each[1] for each in found if each and "…" not in each[1]})


@pytest.mark.parametrize("told", told_by_docs())
def test_what_pages_tell_to_type_is_understood(told: str) -> None:
    """Whoever copies a command gets what the page says, not how the tool is used."""
    assert parse(shlex.split(told, comments=True)).module.replace("_", "-") == told.split()[0]


def test_the_way_from_nothing_tells_of_every_duty() -> None:
    """The page that leads a newcomer goes through each thing that whoever looks after a county does."""
    duties = {*COMMANDS} - {"serve", "demo", "users", "clients", "signing-key", "rerun"}
    assert duties <= {told.split()[0] for told in told_by_docs()}
