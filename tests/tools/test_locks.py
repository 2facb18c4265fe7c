"""The locks hold what pyproject.toml asks for, hash by hash, and name no address."""

import re
from pathlib import Path

import pytest

from tools import locks

SERVICES = ("nutrition", "farmers", "procurement", "logistics", "identity", "portal")


def versions(name: str) -> set[str]:
    """What a committed lock pins."""
    return set(locks.pins(locks.COMMITTED / f"{name}.txt"))


def test_no_lock_names_an_address() -> None:
    """Which registry or mirror is used is the machine's business."""
    assert locks.addresses() == []


def test_an_address_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock made with another tool's defaults would name its registry."""
    for group in locks.GROUPS:
        (tmp_path / f"{group}.txt").write_text("rich==15.0.0 \\\n    --hash=sha256:00\n")
    (tmp_path / "all.txt").write_text("--index-url https://mirror.example/simple\nrich==15.0.0\n")
    monkeypatch.setattr(locks, "COMMITTED", tmp_path)
    assert locks.addresses() == ["all.txt names an address"]


@pytest.mark.parametrize("group", locks.GROUPS)
def test_every_pin_has_a_hash(group: str) -> None:
    """What is installed is, byte by byte, what was locked."""
    text = (locks.COMMITTED / f"{group}.txt").read_text()
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(versions(group))
    assert all("--hash=sha256:" in entry for entry in entries)


def test_a_service_runs_what_was_tested() -> None:
    """Every version in a narrower lock is in the wider one, so going from one to the other removes nothing.

    For which Pythons it is may differ: what one service needs on all, another needs on some.
    """
    assert _bare("all") <= _bare("dev")
    for service in SERVICES:
        assert _bare(service) <= _bare("all")


def _bare(name: str) -> set[str]:
    return {pin.partition(" ;")[0] for pin in versions(name)}


def test_pins_are_compared_without_hashes(tmp_path: Path) -> None:
    """A wheel added to an old version changes no pin; a marker does."""
    lock = tmp_path / "lock.txt"
    lock.write_text("uvloop==0.23.0 ; sys_platform != 'win32' \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n")
    assert locks.pins(lock) == ["uvloop==0.23.0 ; sys_platform != 'win32'"]
