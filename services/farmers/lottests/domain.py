"""The rules of tests of lots: a laboratory outranks a rapid test, and what fails is not eaten."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.farmers.lots.domain import Lot
from shared.errors import AlreadyDone, DomainError


class Target(StrEnum):
    """What a lot is tested for."""

    PESTICIDE_RESIDUE = "pesticide_residue"
    VETERINARY_RESIDUE = "veterinary_residue"
    HEAVY_METAL = "heavy_metal"
    MICROBIOLOGY = "microbiology"
    LOOK_AND_SMELL = "look_and_smell"


class Method(StrEnum):
    """How it was tested: on the spot, or by an accredited laboratory."""

    RAPID = "rapid"
    LABORATORY = "laboratory"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a test of a lot found, as somebody says."""

    test_id: str
    lot_id: str
    target: Target
    method: Method
    tested_on: date
    tested_by: str
    passed: bool
    report_no: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A finding that is on record since an instant (UTC)."""

    finding: Finding
    recorded_at: datetime


def check_finding(said: Finding, lot: Lot, today: date) -> None:
    """Raise DomainError for a test to come, one before the harvest, or a laboratory's without its report."""
    if said.tested_on > today:
        raise DomainError("test-to-come", f"today is {today}", field="tested_on")
    if said.tested_on < lot.harvest.harvest_day:
        raise DomainError("test-before-harvest", f"it was harvested on {lot.harvest.harvest_day}", field="tested_on")
    if said.method is Method.LABORATORY and said.report_no is None:
        raise DomainError("report-needed", "a laboratory's result has a report number", field="report_no")


def require_same_finding(known: Finding, said: Finding) -> None:
    """Raise AlreadyDone if another test is on record under this id."""
    if known != said:
        raise AlreadyDone("test-exists", f"test {said.test_id} is on record with other findings", field="test_id")


def fails(found: Iterable[Recorded]) -> bool:
    """Return whether tests speak against a lot: for any target, the newest laboratory result, or else the newest rapid.

    A rapid test gives false alarms; a laboratory's word on the same target stands over it, sooner or later.
    """
    newest: dict[Target, tuple[bool, date, datetime, bool]] = {}
    for each in found:
        said = each.finding
        rank = (said.method is Method.LABORATORY, said.tested_on, each.recorded_at, not said.passed)
        newest[said.target] = max(rank, newest.get(said.target, rank))
    return any(failed for *_, failed in newest.values())
