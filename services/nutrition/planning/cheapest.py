"""What the cheapest choices cost at given prices, for many cases at once, compiled: a class asks it for every school.

It stands by itself, since the machine code kept beside it is thrown away when this file changes, and no other.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np

from services.nutrition.analysis.plates import Floats, Integers

F = TypeVar("F", bound=Callable[..., Any])
_CACHED = os.access(Path(__file__).parent, os.W_OK)


class Pairs(NamedTuple):
    """P pairs of a case and a certificate: what certificate `of[p]` proves is reckoned for case `case[p]`.

    Choice i comes from `least[case, i]` to `most[case, i]` times. A certificate proves `told[of, 0]` + what the
    cheapest choices cost, each sparing `spared[of, i]` points, and `told[of, 1]` for all of the budget.
    """

    case: Integers
    of: Integers
    least: Floats
    most: Floats
    spared: Floats
    told: Floats


def _compiled(function: F) -> F:
    return cast(F, numba.njit(nogil=True, error_model="numpy", cache=_CACHED)(function))


@_compiled
def proved(pairs: Pairs, cost: Floats, used: Floats, room: Floats, starts: Integers, size: Integers) -> Floats:
    """Return what each pair proves where choices have a cost, use the budget, and stand in `room` slots at most.

    The choices of place p begin at `starts[p]`; it takes `size[p]` of them. Infinite: a case in which nothing fits.
    """
    found, reduced, left = np.zeros(len(pairs.case)), np.zeros(len(cost)), np.zeros(len(cost))
    for pair in range(len(pairs.case)):
        case, of = pairs.case[pair], pairs.of[pair]
        total = pairs.told[of, 0]
        for place in range(len(size)):
            needed = float(size[place])
            for at in range(starts[place], starts[place + 1]):
                least = pairs.least[case, at]
                reduced[at] = cost[at] - pairs.spared[of, at] - pairs.told[of, 1] * used[at]
                left[at] = min(pairs.most[case, at], room[at]) - least
                total += least * reduced[at] if left[at] >= 0.0 else np.inf
                needed -= least
            if needed < 0.0:
                total = np.inf
            while needed > 0.0 and total < np.inf:
                best = -1
                for at in range(starts[place], starts[place + 1]):
                    if left[at] > 0.0 and (best < 0 or reduced[at] < reduced[best]):
                        best = at
                if best < 0:
                    total = np.inf
                else:
                    taken = min(left[best], needed)
                    total += taken * reduced[best]
                    left[best] -= taken
                    needed -= taken
        found[pair] = total
    return found
