"""What the portal's pages are called, who sees them, and in which order they are offered.

A slice's `pages.py` says so of its own: `entries = [Entry("/planner", N_("Week menu"), …)]`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.auth.principal import Role

Shape = Literal["calendar", "dish", "basket", "inbox", "field", "truck", "road", "scale", "chart", "trace", "people"]
"""Shapes of icons, each drawn in the stylesheet: `icon-<shape>`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as it is offered: its path, its name and what one does there (msgids), for which roles.

    `place` orders entries, the lowest is what a role does first.
    """

    path: str
    name: str
    told: str
    roles: frozenset[Role]
    shape: Shape
    place: int = 50


def entries_for(roles: Iterable[Role], entries: Sequence[Entry]) -> list[Entry]:
    """Return what somebody of these roles is offered, in order."""
    held = frozenset(roles)
    return sorted((each for each in entries if each.roles & held), key=lambda each: (each.place, each.path))
