"""Ordering rules are dated data of a region; what holds for a delivery, and what follows from it."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from shared.errors import DomainError
from shared.market import regions_of
from shared.quantities import divide

SCHOOL_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")

Place = tuple[str, date]
"""A region and the first delivery day a rule is for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a region asks of orders delivered from a day on.

    An order of more than `approval_limit_fen` waits for an official, at most `approval_hours`; None: none waits.
    Ordering closes `cut_off_days` before delivery at `cut_off_at`; None: it does not close. Who cancels after that owes
    the supplier `late_owed_permille` of what it had confirmed.
    """

    region_code: str
    valid_from: date
    approval_limit_fen: int | None
    approval_hours: int
    cut_off_days: int | None
    cut_off_at: time | None
    late_owed_permille: int
    source: str

    @property
    def place(self) -> Place:
        """What of it never changes."""
        return self.region_code, self.valid_from

    def needs_approval(self, amount_fen: int) -> bool:
        """Whether an order of this amount waits for an official."""
        return self.approval_limit_fen is not None and amount_fen > self.approval_limit_fen

    def closes_at(self, delivery_day: date) -> datetime | None:
        """Return when ordering for a day closes, None when it does not."""
        if self.cut_off_days is None or self.cut_off_at is None:
            return None
        day = delivery_day - timedelta(days=self.cut_off_days)
        return datetime.combine(day, self.cut_off_at, SCHOOL_TIME).astimezone(UTC)

    def has_closed(self, delivery_day: date, now: datetime) -> bool:
        """Whether ordering for a day is over."""
        closes = self.closes_at(delivery_day)
        return closes is not None and now >= closes

    def late_fen(self, confirmed_fen: int) -> int:
        """Return what a supplier is owed when so much of what it had confirmed is called off late."""
        return divide(confirmed_fen * self.late_owed_permille, 1000)


NO_RULE = Rule("", date.min, None, 24, None, None, 0, "")
"""What holds where nobody said anything."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of some counties."""

    found: tuple[Rule, ...]

    def holding(self, county_code: str, delivery_day: date) -> Rule:
        """Return the rule of the nearest region that has one for the day, its newest; NO_RULE when none has."""
        regions = regions_of(county_code)
        held = [rule for rule in self.found if rule.region_code in regions and rule.valid_from <= delivery_day]
        return max(held, key=lambda rule: (len(rule.region_code), rule.valid_from), default=NO_RULE)

    def has_closed(self, county_code: str, delivery_day: date, now: datetime) -> bool:
        """Whether ordering for a county's delivery day is over."""
        return self.holding(county_code, delivery_day).has_closed(delivery_day, now)

    def first_open_day(self, county_code: str, first: date, last: date, now: datetime) -> date:
        """Return the first of these days that can still be ordered for, the day after the last when none can."""
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return next((day for day in days if not self.has_closed(county_code, day, now)), last + timedelta(days=1))


def check_row(rule: Rule, earlier: Container[Place]) -> None:
    """Raise DomainError for half a cut-off, or what an earlier row said."""
    if rule.place in earlier:
        raise DomainError("twice-in-request", "an earlier row names region and day", field="region_code")
    if (rule.cut_off_days is None) != (rule.cut_off_at is None):
        raise DomainError("half-a-cut-off", "a cut-off has days before delivery and a time", field="cut_off_at")
