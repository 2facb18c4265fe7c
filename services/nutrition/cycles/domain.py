"""The rules of a cycle: which of its weeks a calendar week is, and whose cycle a canteen follows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.nutrition.days import check_monday
from services.nutrition.weekly.domain import Slot
from shared.errors import DomainError
from shared.weeks import monday_of

MOST_WEEKS = 8
"""Four weeks are usual; with more than eight nobody remembers what came when. An assumption of this project."""
MOST_WEEKS_AHEAD = 52


@dataclass(frozen=True, slots=True)
class Span:
    """When a cycle runs: from the Monday `starts_on`, to the week of `ends_on` where that is said."""

    starts_on: date
    ends_on: date | None = None

    def has(self, week_start: date) -> bool:
        """Whether the cycle runs in the week of a Monday."""
        return self.starts_on <= week_start and (self.ends_on is None or week_start <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Cycle:
    """Weeks that come round again from `span.starts_on` on, for one canteen or one group of canteens."""

    cycle_id: str
    canteen_id: str | None
    group_id: str | None
    county_code: str
    version: int
    name: str
    span: Span
    weeks: tuple[tuple[Slot, ...], ...]
    created_at: datetime
    changed_at: datetime

    def number(self, week_start: date) -> int:
        """Return which of the cycle's weeks, from 0, a calendar week is. Weeks without school count like any other."""
        check_monday(week_start)
        if not self.span.has(week_start):
            until = "" if self.span.ends_on is None else f" to {self.span.ends_on}"
            detail = f"the cycle runs from {self.span.starts_on}{until}"
            raise DomainError("outside-cycle", detail, field="week_start")
        return (week_start - self.span.starts_on).days // 7 % len(self.weeks)


def check_span(span: Span) -> None:
    """A cycle starts on a Monday and ends no earlier than it starts."""
    if span.starts_on.weekday() != 0:
        raise DomainError("week-starts-monday", f"{span.starts_on} is not a Monday", field="starts_on")
    if span.ends_on is not None and span.ends_on < span.starts_on:
        raise DomainError("ends-before-start", f"{span.ends_on} is before {span.starts_on}", field="ends_on")


def followed(cycles: Iterable[Cycle], canteen_id: str, groups: Collection[str], week_start: date) -> Cycle | None:
    """Return the cycle a canteen follows in a week: its own before its groups', of several the one begun last."""
    running = [
        cycle
        for cycle in cycles
        if cycle.span.has(week_start) and (cycle.canteen_id == canteen_id or cycle.group_id in groups)
    ]
    return max(running, key=lambda one: (one.canteen_id is not None, one.span.starts_on, one.cycle_id), default=None)


def mondays_from(first: date, weeks: int) -> list[date]:
    """Return the Mondays of so many weeks, from the week `first` lies in."""
    return [monday_of(first) + timedelta(days=7 * number) for number in range(weeks)]
