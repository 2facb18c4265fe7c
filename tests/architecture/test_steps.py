"""Steps of a database follow each other: where two branches take one number, or fork, no service starts."""

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = sorted(folder.parent.parent.name for folder in ROOT.glob("services/*/migrations/versions"))


def said_by(service: str) -> dict[str, tuple[str, str | None]]:
    """Return of each step's file the revision it says it is, and the one it comes after."""
    folder = ROOT / "services" / service / "migrations" / "versions"
    return {file.name: _said(file) for file in sorted(folder.glob("*.py"))}


def _said(file: Path) -> tuple[str, str | None]:
    said = {
        target.id: ast.literal_eval(node.value)
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in ("revision", "down_revision")
    }
    return said["revision"], said["down_revision"]


def broken(steps: Mapping[str, tuple[str, str | None]]) -> list[str]:
    """Return what keeps steps from being one chain 0001, 0002, … whose files are called by their numbers."""
    found = []
    for place, (name, (revision, after)) in enumerate(sorted(steps.items()), 1):
        due, before = f"{place:04d}", f"{place - 1:04d}" if place > 1 else None
        if (name[:5], revision, after) != (f"{due}_", due, before):
            found.append(f"{name} is {revision} after {after}, and should be {due} after {before}")
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_steps_are_one_chain(service: str) -> None:
    """Each number is taken once and goes on from the one before."""
    assert len(SERVICES) >= 6
    assert broken(said_by(service)) == []


@pytest.mark.parametrize(
    ("spoiled", "named"),
    [
        ({"0002_b.py": ("0002", "0001"), "0002_c.py": ("0002", "0001")}, "0002_c.py is 0002"),
        ({"0002_b.py": ("0002", "0001"), "0003_c.py": ("0003", "0001")}, "0003_c.py is 0003 after 0001"),
        ({"0002_b.py": ("0002", "0001"), "0003_c.py": ("0002", "0001")}, "0003_c.py is 0002"),
        ({"0003_b.py": ("0003", "0001")}, "0003_b.py is 0003"),
        ({"0002_b.py": ("0002", None)}, "0002_b.py is 0002 after None"),
    ],
    ids=["one number twice", "a fork", "a number that the file does not have", "a gap", "two beginnings"],
)
def test_what_is_no_chain_is_named(spoiled: dict[str, tuple[str, str | None]], named: str) -> None:
    """Whoever comes second learns which file to number after the other."""
    (said,) = broken({"0001_a.py": ("0001", None), **spoiled})
    assert said.startswith(named)
