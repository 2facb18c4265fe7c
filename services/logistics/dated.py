"""Rules that hold from a day on, until a newer one does."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar


class Dated(Protocol):
    """A rule that says from which day on it holds."""

    @property
    def valid_from(self) -> date:
        """The first day."""
        ...


R = TypeVar("R", bound=Dated)


def holding_on(rules: Iterable[R], day: date, default: R) -> R:
    """Return the rule that holds on a day: the newest one from before it, else the default."""
    before = [rule for rule in rules if rule.valid_from <= day]
    return max(before, key=lambda rule: rule.valid_from, default=default)
