"""What the page of usage shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 28


@dataclass(frozen=True, slots=True)
class Use:
    """A page: how often it was seen, in all and day by day."""

    route: str
    times: int
    daily: list[int]


def first_of(today: date) -> date:
    """Return the first of the days that are shown, of which today is the last."""
    return today - timedelta(days=DAYS - 1)


def uses(found: Mapping[str, Mapping[date, int]], today: date) -> list[Use]:
    """Return the pages, the most seen first."""
    days = [first_of(today) + timedelta(days=number) for number in range(DAYS)]
    rows = [Use(route, sum(seen.values()), [seen.get(day, 0) for day in days]) for route, seen in found.items()]
    return sorted(rows, key=lambda use: (-use.times, use.route))
