"""What a load of a file of any length is: how far it has come, and what became of its rows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

STILL = timedelta(minutes=5)
"""A running load that has not moved for so long has lost its process or its sender; it is to be sent again."""
KEPT = timedelta(days=30)
"""How long what became of a load is kept."""


class LoadStatus(StrEnum):
    """RUNNING; DONE: every row was looked at; BROKEN OFF: what was taken stands, send the file again."""

    RUNNING = "running"
    DONE = "done"
    BROKEN_OFF = "broken_off"


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of rows."""

    read_rows: int = 0
    households_created: int = 0
    households_changed: int = 0
    people_created: int = 0
    people_changed: int = 0
    statuses_created: int = 0
    refused_rows: int = 0
    errors: int = 0

    def plus(self, more: "Counts") -> "Counts":
        """Return the sums."""
        return Counts(*(getattr(self, name) + getattr(more, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Load:
    """A load; `changed_at` proves that it goes on."""

    load_id: str
    status: str
    counts: Counts
    error: str | None
    started_at: datetime
    changed_at: datetime

    def seen(self, now: datetime) -> "Load":
        """Return the load as it is to be told at an instant: one that does not move any more is broken off."""
        if self.status == LoadStatus.RUNNING and now - self.changed_at > STILL:
            return replace(self, status=LoadStatus.BROKEN_OFF, error=f"nothing came for {STILL.seconds // 60} minutes")
        return self


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row, or a part of it, was not taken; the header is row 1."""

    row: int
    field: str
    rule: str
    detail: str


def rows_of(errors: Iterable[RowError]) -> int:
    """Return how many rows have an error; the header is none."""
    return len({error.row for error in errors} - {1})
