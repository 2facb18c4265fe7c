"""The house stays readable: small files, small functions, one table of what a service reacts to."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from shared.events import all_specs
from tests.conftest import SERVICES

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 350
LONGEST_FUNCTION = 45


def _sources() -> list[Path]:
    return [path for top in ("services", "shared") for path in sorted((ROOT / top).rglob("*.py"))]


def test_no_file_is_longer_than_a_person_reads() -> None:
    """A file past about 300 lines asks for a split by noun; migrations are lists and may be longer."""
    lengths = {path: len(path.read_text().splitlines()) for path in _sources() if "migrations" not in path.parts}
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_function_is_longer_than_a_screen() -> None:
    """A function does one thing."""
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in _sources()
        if "migrations" not in path.parts
        for node in _functions(path)
        if node.end_lineno and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert long == {}


def test_every_public_function_says_what_it_does() -> None:
    """Public functions and classes carry docstrings."""
    silent = []
    for path in _sources():
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert silent == []


OTHER_CLOCKS = {"now", "today", "time", "utcnow", "time_ns"}
OUTSIDE = {
    "shared/clock.py",  # the clock itself
    "shared/ids.py",  # what makes ids of a later moment sort later
    "shared/messaging/embedded.py",  # how old a record is, as a broker says it
    "shared/s3.py",  # signed for the store, by the store's time
    "shared/sealing.py",  # a new key's name
    "services/backups/manifest.py",  # when a copy was made
    "services/farmers/webhooks/sending.py",  # how long a receiver asks us to wait, by its own calendar
}
"""Where the machine's time is meant, and no rule hangs on it."""


def test_no_rule_asks_another_clock() -> None:
    """What happens when is said by the unit of work (`uow.now`): a clock that steps, or a test, moves all of it."""
    asking = set()
    for path in _sources():
        calls = (node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
        named = {(ast.unparse(func.value), func.attr) for func in calls if isinstance(func, ast.Attribute)}
        if any(owner in {"datetime", "date", "time"} and name in OTHER_CLOCKS for owner, name in named):
            asking.add(str(path.relative_to(ROOT)))
    assert {path for path in asking if "migrations" not in path} == OUTSIDE


def test_every_test_states_a_rule() -> None:
    """Each test's docstring says what must hold."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in _functions(path)
        if node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_nothing_is_left_open() -> None:
    """No marker of unfinished work, no skipped test."""
    words = ("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error", "pytest.ski" + "p", "mark.xfai" + "l")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for top in ("services", "shared", "tests", "tools", "benchmarks")
        for path in sorted((ROOT / top).rglob("*.py"))
        for word in words
        if word in path.read_text()
    ]
    assert found == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_readme_tells_every_event_a_service_publishes(service: str) -> None:
    """The event map people read is the registry the services use."""
    (row,) = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith(f"| `{service}`")]
    told = row.split("|")[3]
    assert {spec.name for spec in all_specs() if spec.service == service} == {name.strip() for name in told.split(",")}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_listens_to_others_only(service: str) -> None:
    """What happens inside a service needs no event."""
    handlers = import_module(f"services.{service}.main").definition.handlers
    assert all(event.SPEC.service != service for event in handlers.types())
    assert handlers.types()
