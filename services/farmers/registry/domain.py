"""What a household registry says of a household, and what must hold of it before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from services.farmers.households.domain import Period
from shared.errors import Conflict, DomainError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a registry; what is None it does not say. What is private stands in no `repr`."""

    household_id: str | None = None
    registry_no: str | None = field(default=None, repr=False)
    cooperative_id: str | None = None
    town_code: str | None = None
    member_since: date | None = None
    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    status: str | None = None
    from_day: date | None = None
    until_day: date | None = None
    source: str | None = None

    def period(self) -> Period | None:
        """Return the status it tells, None when it tells none. Raises DomainError when half of it is missing."""
        if self.status is None:
            if self.from_day is not None or self.until_day is not None:
                raise DomainError("missing", "a day needs the status that began on it", field="status")
            return None
        if self.from_day is None or self.source is None:
            missing = "from_day" if self.from_day is None else "source"
            raise DomainError("missing", "a status has a day it began on and a source", field=missing)
        return Period(self.from_day, self.until_day, self.status, self.source)


def check(entry: Entry) -> None:
    """Raise DomainError for a row that says half of something, or not of whom."""
    if entry.household_id is None and entry.registry_no is None:
        raise DomainError("missing", "a row names its household by id or registry number", field="household_id")
    if (entry.cooperative_id is None) != (entry.town_code is None):
        missing = "cooperative_id" if entry.cooperative_id is None else "town_code"
        raise DomainError("missing", "who registers a household names cooperative and town", field=missing)
    if entry.phone is not None and entry.name is None:
        raise DomainError("missing", "a phone is somebody's", field="name")
    entry.period()


@dataclass(slots=True)
class Numbers:
    """Who has which registry number; numbers that a file brings are added as it is read."""

    household_of: dict[str, str] = field(repr=False)
    number_of: dict[str, str] = field(repr=False)
    linked: dict[str, str] = field(default_factory=dict, repr=False)

    def household(self, entry: Entry, fresh: str) -> str:
        """Return the pseudonym of the household an entry is about; `fresh` is for one nobody knows yet.

        Raises DomainError when number and pseudonym do not belong together, or nobody says where a new one belongs.
        """
        number = entry.registry_no
        if number is None:
            return entry.household_id or fresh
        known = self.household_of.get(number)
        if known is not None:
            if entry.household_id not in (None, known):
                raise Conflict("another-household", "this number is another household's", field="registry_no")
            return known
        if entry.household_id is None and entry.cooperative_id is None:
            detail = "nobody has this number; name cooperative and town to register the household"
            raise DomainError("unknown-household", detail, field="registry_no")
        household_id = entry.household_id or fresh
        if self.number_of.get(household_id, number) != number:
            raise Conflict("another-number", f"{household_id} has another number", field="registry_no")
        self.household_of[number] = household_id
        self.number_of[household_id] = self.linked[household_id] = number
        return household_id


def first_of_each(said: Mapping[int, tuple[str, T]]) -> tuple[dict[int, tuple[str, T]], list[int]]:
    """Return the first row that says something of each household, and the rows that say otherwise later."""
    first: dict[str, tuple[int, T]] = {}
    contradicting: list[int] = []
    for index, (household_id, what) in said.items():
        known = first.setdefault(household_id, (index, what))
        if known[1] != what:
            contradicting.append(index)
    return {index: (household_id, what) for household_id, (index, what) in first.items()}, contradicting
