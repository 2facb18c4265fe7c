"""How long is how long: the buckets of an ageing list."""

from dataclasses import dataclass
from datetime import date, timedelta

BOUNDS = (7, 15, 30)
"""The last day of each bucket but the last, which has no end: ≤ 7, 8–15, 16–30, > 30 days."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """From which until which day of waiting, both included; the last has no end."""

    from_day: int
    until_day: int | None

    def begun(self, today: date) -> tuple[date | None, date]:
        """Return between which days, both included, what is in it began to wait; None: ever so long ago."""
        first = None if self.until_day is None else today - timedelta(days=self.until_day)
        return first, today - timedelta(days=self.from_day)


BUCKETS = tuple(
    Bucket(first, last) for first, last in zip((0, *(bound + 1 for bound in BOUNDS)), (*BOUNDS, None), strict=True)
)


@dataclass(frozen=True, slots=True)
class Place:
    """Whose households are listed: those of a county's cooperatives, of one, or of one if it lies in the county."""

    county_code: str | None
    cooperative_id: str | None
