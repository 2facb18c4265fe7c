"""Rows and columns of a linear program as they come: entries are triples of arrays, never one number at a time."""

from typing import TypedDict

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers


class Arrays(TypedDict):
    """cost · x, low ≤ A x ≤ high, 0 ≤ x ≤ upper; A row by row."""

    cost: Floats
    upper: Floats
    low: Floats
    high: Floats
    starts: Integers
    columns: Integers
    values: Floats


class Rows:
    """A growing program whose first columns are choices: of `dish` in `place`, each `room` times at most.

    A place takes `size` choices.
    """

    def __init__(self, place: Integers, dish: Integers, size: Integers, cost: Floats, room: Integers) -> None:
        self.place, self.dish, self.size, self.room = place, dish, size, room
        self._cost = [cost]
        self._upper = [room.astype(np.float64)]
        self._width, self._height = len(place), 0
        self._low: list[Floats] = []
        self._high: list[Floats] = []
        self._entries: list[tuple[Integers, Integers, Floats]] = []

    def add_columns(self, cost: Floats, upper: Floats) -> Integers:
        """Add columns from 0 to `upper`; returns their numbers."""
        first, self._width = self._width, self._width + len(cost)
        self._cost.append(cost)
        self._upper.append(upper)
        return np.arange(first, self._width)

    def add(self, low: Floats, high: Floats) -> Integers:
        """Add empty rows; returns their numbers."""
        first, self._height = self._height, self._height + len(low)
        self._low.append(low)
        self._high.append(high)
        return np.arange(first, self._height)

    def enter(self, rows: Integers, columns: Integers, values: Floats) -> None:
        """Put values where rows and columns meet; each place once."""
        there = values != 0
        self._entries.append((rows[there], columns[there], values[there]))

    def choices(self, rows: Integers, values: Floats) -> None:
        """Put a value for each choice into the row given for it, none where that is −1."""
        there = np.flatnonzero((values != 0) & (rows >= 0))
        self._entries.append((rows[there], there, values[there]))

    def at_most(self, group: Integers, limit: Integers) -> None:
        """Allow `limit[g]` choices of group g, −1 being no group; what places allow by themselves gets no row."""
        there = np.flatnonzero(group >= 0)
        places, groups = len(self.size), len(limit)
        pairs, of_pair = np.unique(group[there] * places + self.place[there], return_inverse=True)
        room = np.bincount(of_pair, weights=self.room[there], minlength=len(pairs))
        possible = np.minimum(room, self.size[pairs % places])
        together = np.bincount(pairs // places, weights=possible, minlength=groups)
        bound = np.append(together > limit, False)
        number = np.full(len(bound), -1)
        number[bound] = self.add(np.full(bound.sum(), -np.inf), limit[bound[:-1]].astype(np.float64))
        self.choices(number[group], np.ones(len(group)))

    def arrays(self) -> Arrays:
        """Return everything."""
        rows, columns, values = (np.concatenate(column) for column in zip(*self._entries, strict=True))
        order = np.lexsort((columns, rows))
        return Arrays(
            cost=np.concatenate(self._cost),
            upper=np.concatenate(self._upper),
            low=np.concatenate(self._low),
            high=np.concatenate(self._high),
            starts=np.searchsorted(rows[order], np.arange(self._height + 1)),
            columns=columns[order],
            values=values[order],
        )
