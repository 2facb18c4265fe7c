"""Months of delivery days."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import StringConstraints

from shared.fields import MONTH

MonthText = Annotated[str, StringConstraints(pattern=MONTH)]
MonthAsked = Annotated[str, Query(alias="month", pattern=MONTH, examples=["2026-12"])]


@dataclass(frozen=True, slots=True)
class Month:
    """A month of delivery days, e.g. `2026-12`."""

    first: date
    last: date

    @classmethod
    def of(cls, text: str) -> "Month":
        """Return the month of a text like `2026-12`, which the route has checked."""
        year, month = int(text[:4]), int(text[5:])
        return cls(date(year, month, 1), date(year, month, monthrange(year, month)[1]))

    @property
    def text(self) -> str:
        """The month as it is written, e.g. `2026-12`."""
        return f"{self.first:%Y-%m}"
