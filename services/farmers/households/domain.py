"""The rules of membership and of dated poverty statuses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.errors import Conflict, DomainError

SINCE_EVER = date(1900, 1, 1)
"""A household's first membership: the registry says where it belongs, not since when."""


class PovertyStatus(StrEnum):
    """What the registry outside says of a household (domain.md §4)."""

    REGISTERED_POOR = "registered_poor"
    LIFTED_OUT = "lifted_out"
    MONITORED = "monitored"
    NOT_POOR = "not_poor"


STATUSES = tuple(PovertyStatus)

POOR = (PovertyStatus.REGISTERED_POOR, PovertyStatus.LIFTED_OUT, PovertyStatus.MONITORED)
"""Who counts as poor for the share: registered poor until 2020, 脱贫户 and 监测对象 since."""


@dataclass(frozen=True, slots=True)
class Member:
    """A household, the cooperative of its newest membership, and its town."""

    household_id: str
    cooperative_id: str
    town_code: str


@dataclass(frozen=True, slots=True)
class Registration:
    """A household as it is registered; `member_since` is None where nobody says."""

    member: Member
    member_since: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a household belongs to a cooperative on a day, and counts as poor on it."""

    member: bool
    poor: bool


@dataclass(frozen=True, slots=True)
class Period:
    """A status from one day until another, both included.

    An open period (`until_day` None) lasts until the next one begins: that is how the registry goes on without anything
    being overwritten.
    """

    from_day: date
    until_day: date | None
    status: str
    source: str


def status_on(history: Iterable[Period], day: date) -> Period | None:
    """Return what held on a day: the period that began last, unless it has ended."""
    begun = [period for period in history if period.from_day <= day]
    latest = max(begun, key=lambda period: period.from_day, default=None)
    return None if latest is None or (latest.until_day is not None and latest.until_day < day) else latest


def record_status(history: Iterable[Period], new: Period) -> bool:
    """Whether `new` adds to the history (False: it says what is known). Raises DomainError when it contradicts it."""
    if new.until_day is not None and new.until_day < new.from_day:
        raise DomainError("period-reversed", "until_day lies before from_day", field="until_day")
    for known in history:
        if known == new:
            return False
        if _overlap(known, new):
            detail = f"{known.status} is on record from {known.from_day} until {known.until_day or 'further notice'}"
            raise Conflict("overlapping-status", detail, field="from_day")
    return True


def _overlap(one: Period, other: Period) -> bool:
    earlier, later = (one, other) if one.from_day <= other.from_day else (other, one)
    if earlier.from_day == later.from_day:
        return True
    return earlier.until_day is not None and earlier.until_day >= later.from_day
