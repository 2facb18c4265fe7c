"""A known vulnerability fails the check; one that is accepted does not, as long as it is; no database says so."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tools import audit, locks

TODAY = date(2026, 11, 26)
CLEAN = {"name": "rich", "version": "15.0.0", "vulns": []}
HOLED = {
    "name": "jinja2",
    "version": "3.1.3",
    "vulns": [{"id": "PYSEC-2024-1", "aliases": ["CVE-2024-34064"], "fix_versions": ["3.1.4"], "description": "…"}],
}
UNKNOWN = {"name": "ours", "skip_reason": "not found"}


def answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: Any, said: str = "", reasons: str = "") -> None:
    """Let the auditor answer so, and these be accepted."""
    written = answer if isinstance(answer, str) else json.dumps(answer)
    monkeypatch.setattr(audit, "answer_of", lambda *_: (written, said))
    monkeypatch.setattr(audit, "ACCEPTED", tmp_path / "accepted.toml")
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/npm")
    (tmp_path / "accepted.toml").write_text(reasons)


def python_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Have no packages of npm."""
    monkeypatch.setattr(audit, "NODE", tmp_path)


@pytest.mark.parametrize(
    ("name", "until", "wrong"),
    [
        ("", "", "jinja2 3.1.3: CVE-2024-34064, PYSEC-2024-1: mended in 3.1.4"),
        ("CVE-2024-34064", "2026-11-26", ""),
        ("PYSEC-2024-1", "2026-12-31", ""),
        ("GHSA-other", "2026-12-31", "jinja2 3.1.3: CVE-2024-34064, PYSEC-2024-1: mended in 3.1.4"),
    ],
)
def test_a_known_vulnerability_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, until: str, wrong: str
) -> None:
    """Unless it is accepted under one of its names."""
    reasons = f'[[accepted]]\nid = "{name}"\nreason = "no template of strangers"\nuntil = {until}\n' if name else ""
    answers(monkeypatch, tmp_path, {"dependencies": [CLEAN, HOLED]}, reasons=reasons)
    python_only(monkeypatch, tmp_path)
    assert audit.check(TODAY) == ([wrong] if wrong else [])


@pytest.mark.parametrize("until", ["2026-11-25", "2027-06-01"])
def test_nothing_is_accepted_for_long(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, until: str) -> None:
    """A date that is over, or far off, is refused."""
    answers(monkeypatch, tmp_path, {}, reasons=f'[[accepted]]\nid = "CVE-1"\nreason = "…"\nuntil = {until}\n')
    with pytest.raises(ValueError, match="CVE-1"):
        audit.check(TODAY)


@pytest.mark.parametrize("answer", ["", {"dependencies": [UNKNOWN, UNKNOWN]}])
def test_without_a_database_the_check_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: Any
) -> None:
    """A machine without a way out says in one line that nothing was looked at, and goes on."""
    answers(monkeypatch, tmp_path, answer, said="Traceback …\nNameResolutionError: api.example")
    python_only(monkeypatch, tmp_path)
    assert audit.check(TODAY) == []
    said = capsys.readouterr().out.splitlines()
    assert "NOT DONE for PyPI" in said[0]
    assert len(said) == 1


def test_a_package_nobody_knows_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the database answers, a package that it does not know is not passed over."""
    answers(monkeypatch, tmp_path, {"dependencies": [CLEAN, UNKNOWN]})
    python_only(monkeypatch, tmp_path)
    assert audit.check(TODAY) == ["PyPI: could not be looked up: ours"]


def test_packages_of_npm_are_looked_at_where_there_is_a_lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What npm says counts the same: found once, however many packages come with it; refused, it is not done."""
    via = {"name": "lodash", "url": "https://github.com/advisories/GHSA-35jh-r3h4-6jhm", "title": "Command Injection"}
    answer = {"vulnerabilities": {"lodash": {"via": [via]}, "grunt": {"via": ["lodash"]}}}
    answers(monkeypatch, tmp_path, answer)
    monkeypatch.setattr(audit, "of_python", list)
    monkeypatch.setattr(audit, "NODE", tmp_path)
    assert audit.check(TODAY) == []
    (tmp_path / "package-lock.json").write_text("{}")
    assert audit.check(TODAY) == ["lodash: GHSA-35jh-r3h4-6jhm: Command Injection"]
    answers(monkeypatch, tmp_path, {"message": "405 Method Not Allowed", "error": {"summary": ""}})
    with pytest.raises(audit.Unreachable, match="405"):
        audit.of_node(tmp_path)


def test_what_is_accepted_can_be_read() -> None:
    """The list in the repository is well-formed; whether its dates are over is not the tests' business."""
    assert tomllib.loads(audit.ACCEPTED.read_text()).keys() <= {"accepted"}


def test_a_bill_names_all_that_is_pinned() -> None:
    """Each pinned package stands in its lock's bill of materials, by its package URL."""
    lock = locks.COMMITTED / "logistics.txt"
    told = json.loads(audit.bill(lock))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert len(told["components"]) == len(locks.pins(lock))
    assert any(each["purl"].startswith("pkg:pypi/pyvrp@0.14.1") for each in told["components"])
