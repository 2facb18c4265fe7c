"""What docs/reliability.md says proves a promise is there, and breaks what it says it breaks."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.faults.schedule import CLUSTER_DRAWS, DRAWS
from tools.alone import ROOT

PAGE = (ROOT / "docs" / "reliability.md").read_text()
KINDS = DRAWS.keys() | CLUSTER_DRAWS.keys()


def promises() -> dict[str, str]:
    """Return by promise what proves it."""
    part = PAGE.partition("## Promises and their tests")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", part, re.MULTILINE)
    return {promise: proof for promise, proof in rows if not proof.startswith(("proved by", "---"))}


@cache
def found(name: str) -> Path:
    """Return the file that a name means: a path, or the only file called so."""
    there = [ROOT / name] if "/" in name else sorted((ROOT / "tests").rglob(name))
    assert [file.exists() for file in there] == [True], f"{name}: {there}"
    return there[0]


@pytest.mark.parametrize("promise", promises())
def test_a_promise_names_tests_there_are(promise: str) -> None:
    """Every file named is there, every test named is in one of them, every kind of fault is one of the bench's."""
    named = re.findall(r"`([^`]+)`", promises()[promise])
    files = [found(name) for name in named if name.endswith(".py")]
    texts = [file.read_text() for file in files]
    for name in named:
        if name.endswith(".py") or name in KINDS:
            continue
        assert re.fullmatch(r"[a-z0-9_]+", name), f"{name} is no test and no fault"
        assert any(f"def test_{name}(" in text for text in texts), f"there is no test {name}"
    assert files or set(named) & KINDS, "nothing proves it"
    assert all("def test_" in text or "= tried(" in text for text in texts)


def test_every_kind_of_fault_is_explained() -> None:
    """Who reads the page knows what is broken: each kind of fault stands in its table."""
    part = PAGE.partition("### What is broken")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z0-9-]+)`", part))
    assert named >= KINDS
