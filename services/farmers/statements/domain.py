"""What a statement covers, and where its next page starts."""

from dataclasses import dataclass
from datetime import date

from shared.errors import DomainError

MOST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Months:
    """Months of delivery days, both included, written like `2026-12`."""

    first: str
    last: str


def months(first: str | None, last: str | None, today: date) -> Months:
    """Return the months asked for, this one if none is named. Raises DomainError for more than a year."""
    begin = first or last or f"{today:%Y-%m}"
    end = last or begin
    count = _number(end) - _number(begin) + 1
    if count < 1:
        raise DomainError("months-reversed", "`until` lies before `from`", field="until")
    if count > MOST_MONTHS:
        raise DomainError("too-many-months", f"a statement covers at most {MOST_MONTHS} months", field="until")
    return Months(begin, end)


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page of rows ordered by day, then by id."""

    day: date
    key: str

    def __str__(self) -> str:
        """Return it as `after` takes it."""
        return f"{self.day}~{self.key}"


def cursor(text: str | None) -> Cursor | None:
    """Return the cursor a text stands for. Raises DomainError for one no page ended with."""
    if text is None:
        return None
    day, _, key = text.partition("~")
    try:
        return Cursor(date.fromisoformat(day), key)
    except ValueError:
        raise DomainError("after", "`after` is the `next` of the page before", field="after") from None
