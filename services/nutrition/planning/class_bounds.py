"""Bounds for the schools of a class, one after the other: the class's program at each school's prices and budget.

What one school's program takes, every school can take that can pay for it, and what prices of rows prove for one they
prove for another at its own costs. So schools solved before say from above and from below how much a school's program
can prove; where the two are near, it is not solved.
"""

import highspy
import numpy as np

from services.nutrition.analysis.plates import Integers
from services.nutrition.planning.cheapest import Pairs, proved
from services.nutrition.planning.limited import Limited, Offer
from services.nutrition.planning.relaxation import Relaxation

_KEPT = 512
"""Solutions kept, and what their prices prove; the oldest make room for new ones."""
_ASKED = 8
"""Of so many solutions, those that come cheapest to a school, the prices are asked what they prove for it."""
_NEARLY = 1e-6


class ClassBounds:
    """What a class's program proves for one school after the other, to within so many permille of what it could."""

    def __init__(self, relaxation: Relaxation, within_permille: int) -> None:
        self.program, choices = relaxation, len(relaxation.place)
        self._program = Limited(relaxation, np.zeros((0, choices), dtype=np.bool_))
        self._least, self._most = (limit[None, :] for limit in self._program.no_limits())
        self._starts = np.searchsorted(relaxation.place, np.arange(len(relaxation.grain.size) + 1))
        self._size, self._within = relaxation.grain.size, within_permille / 1000
        self._taken, self._rest = np.zeros((_KEPT, choices)), np.zeros(_KEPT)
        self._spared, self._told = np.zeros((_KEPT, choices)), np.zeros((_KEPT, 2))
        self._basis: highspy.HighsBasis | None = None
        self._added = 0

    @property
    def solved(self) -> int:
        """How many programs were solved so far."""
        return self._program.solved_so_far

    def bound(self, offer: Offer) -> float:
        """Return a bound on the points of every menu of a school; 0 where nothing is proved, as no menu has less."""
        asked, most = self._cheapest(offer)
        known = self._proved(asked, offer)
        if not np.isfinite(most) or most - known > self._within * most:
            known = max(known, self._proved(self._solve(offer), offer))
        return max(known, 0.0)

    def _cheapest(self, offer: Offer) -> tuple[Integers, float]:
        """Return the solutions that come cheapest at a school's costs, and to how much what it can pay for comes."""
        count = min(self._added, _KEPT)
        taken = self._taken[:count]
        points = taken @ offer.cost + self._rest[:count]
        possible = (taken @ offer.used <= 1 + _NEARLY) & (taken <= offer.room + _NEARLY).all(axis=1)
        return np.argsort(points, kind="stable")[:_ASKED], float(points[possible].min(initial=np.inf))

    def _proved(self, asked: Integers, offer: Offer) -> float:
        first = np.zeros(len(asked), dtype=np.int64)
        pairs = Pairs(first, asked, self._least, self._most, self._spared, self._told)
        found = proved(pairs, offer.cost, offer.used, offer.room, self._starts, self._size)
        return float(found.max(initial=-np.inf))

    def _solve(self, offer: Offer) -> Integers:
        """Solve the program for a school, from the basis of the one before; return where what it proves is kept."""
        self._program.charge(offer)
        solved = self._program.solved(self._least[0], self._most[0], offer.room, self._basis)
        self._basis = solved.basis or self._basis
        if solved.certificate is None or not len(solved.often):
            return np.zeros(0, dtype=np.int64)
        place = self._added % _KEPT
        self._taken[place] = solved.often
        self._rest[place] = solved.points - float(solved.often @ offer.cost)
        self._spared[place] = solved.certificate.spared
        self._told[place] = solved.certificate.constant, solved.certificate.budget
        self._added += 1
        return np.array([place], dtype=np.int64)
