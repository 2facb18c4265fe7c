"""Repeatable chance: one seed per entity, and only the parts of `random` that Python promises never to change."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

# The golden ratio's fraction: its multiples fill [0, 1) evenly at every length, so a county of 44 schools has the shape
# of a province of 17,890.
GOLDEN = 0.6180339887498949


class Dice:
    """Chance for one entity; two entities never share a stream, so neither's rows move when the other changes."""

    def __init__(self, *names: object) -> None:
        # Not secret: repeatable is the point.
        self._random = Random("/".join(str(name) for name in names))  # noqa: S311

    def fraction(self) -> float:
        """At least 0, below 1."""
        return self._random.random()

    def between(self, low: int, high: int) -> int:
        """Any whole number from low to high, both included (`randint` may differ between Python versions)."""
        return low + int(self._random.random() * (high - low + 1))

    def chance(self, percent: int) -> bool:
        return self._random.random() * 100 < percent

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.between(0, len(choices) - 1)]

    def pick_weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        """One of the choices, each as likely as its weight."""
        point = self._random.random() * sum(weight for _, weight in choices)
        for choice, weight in choices:
            point -= weight
            if point < 0:
                return choice
        return choices[-1][0]


def even(offset: float, index: int) -> float:
    """The index-th point of an even sequence in [0, 1)."""
    return (offset + index * GOLDEN) % 1.0


def share(total: int, before: int, weight: int, whole: int) -> int:
    """The part of a total that falls to one weight after `before` others; the parts sum to the total exactly."""
    if whole == 0:
        return 0
    return total * (before + weight) // whole - total * before // whole
