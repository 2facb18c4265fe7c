"""Figures of the field that somebody is to be woken by: counted on a timer, shown among a service's metrics."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from shared.unit_of_work import UnitOfWork

EVERY_S = 60.0
Count = Callable[[UnitOfWork], Awaitable[Mapping[str, float]]]


@dataclass(frozen=True, slots=True)
class Watched:
    """What of a service's field is watched: the names of its metrics with what they mean, and what counts them all.

    Every replica counts the same: take the greatest of them.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    count: Count | None = None
