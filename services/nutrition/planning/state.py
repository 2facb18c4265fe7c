"""The state of one menu while it is being changed, and its best version so far."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.encoding import Tables


class Now(NamedTuple):
    """A menu and all that is known of it, kept up to date move by move.

    `served` (rows × days): how often each dish, and behind the dishes each main ingredient, comes on each day.
    `values` and `counters` are those of the tables, `missed` the points of each value, `clashes` in [0] how many pairs
    of dishes may not go together. `points`: [objective, best objective, heat, rigour: what a clash costs while
    searching]. `best` is the best menu that keeps every hard rule, `random` the generator's state in [0].
    """

    dishes: Integers
    served: Integers
    values: Integers
    missed: Floats
    counters: Integers
    clashes: Integers
    points: Floats
    best: Integers
    random: NDArray[np.uint64]


def now_of(tables: Tables, seed: int) -> Now:
    """Return an empty menu; nothing is known yet to keep every rule, so the best objective is infinite."""
    slots, empty = len(tables.slots), len(tables.rules) - 1
    return Now(
        dishes=np.full(slots, empty, dtype=np.int64),
        served=np.zeros((tables.rows, tables.days), dtype=np.int64),
        values=np.zeros(len(tables.bounds), dtype=np.int64),
        missed=tables.missed_by_nothing.copy(),
        counters=np.zeros(tables.things.counters, dtype=np.int64),
        clashes=np.zeros(1, dtype=np.int64),
        points=np.array([0.0, np.inf, 0.0, 1.0]),
        best=np.full(slots, empty, dtype=np.int64),
        random=np.array([seed % 2**64], dtype=np.uint64),
    )
