"""A bound by cases: one dish of fish at most, or two at least; in each case milk on two days at most, or on three.

Every case is the linear program with a few more limits on how often choices come, and has a bound of its own; the
least of them is the bound of all. A case that lies too low is told apart into two. As ever only prices are believed
(`Certificate`): that there is no third case is all the proof needs besides.
"""

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from services.nutrition.analysis.plates import Floats, Truths
from services.nutrition.planning.bound import Certificate
from services.nutrition.planning.cheapest import Pairs, proved
from services.nutrition.planning.limited import Limited, Offer, Solved
from services.nutrition.planning.questions import Questions
from services.nutrition.planning.relaxation import Relaxation

_KEPT = 6
"""Certificates kept of a case: its own, and those of the cases it was told apart from."""
_LITTLE = 1e-6


@dataclass(slots=True, eq=False)
class _Case:
    """Where its limits stand, the numbers of its certificates, and from where HiGHS goes on."""

    number: int
    certificates: list[int]
    basis: highspy.HighsBasis | None


class Cases:
    """The cases of a program, told apart as far as somebody asked.

    `often` says how often choices come in the case looked at last: no menu, but a hint at good ones.
    """

    def __init__(self, relaxation: Relaxation, groups: Truths) -> None:
        self._program = Limited(relaxation, groups)
        self._questions = Questions(self._program.width)
        self._starts = np.searchsorted(relaxation.place, np.arange(len(relaxation.grain.size) + 1))
        self._size = relaxation.grain.size
        choices = len(relaxation.place)
        self._least, self._most = (_Growing(self._program.width) for _ in range(2))
        self._spared, self._told = _Growing(choices), _Growing(2)
        self._cases = [_Case(self._limits(*self._program.no_limits()), [], None)]
        self.often = np.zeros(choices)

    def bound(self, offer: Offer, enough: float, more: Callable[[int], bool]) -> float:
        """Return a bound on the points of every menu, as high as `enough` if `more` lets so many programs be solved.

        `more` is told how many were solved for this bound so far, and says whether one more may be.
        """
        self._program.charge(offer)
        before = self._program.solved_so_far

        def may() -> bool:
            return more(self._program.solved_so_far - before)

        values = self._values(self._cases, offer)
        solved: dict[_Case, Solved | None] = {}
        while True:
            lowest = int(np.argmin(values))
            case = self._cases[lowest]
            if values[lowest] >= enough or not may():
                break
            if case not in solved:
                solved[case] = self._solved(case, offer)
                values[lowest] = max(values[lowest], self._values([case], offer)[0])
                continue
            now = solved[case]
            parts = [] if now is None else self._apart(case, now, solved, offer, enough, may)
            if not parts:
                break
            self._cases[lowest : lowest + 1] = parts
            found = np.maximum(values[lowest], self._values(parts, offer))
            values = np.concatenate([values[:lowest], found, values[lowest + 1 :]])
        return float(values[lowest])

    def _values(self, cases: list[_Case], offer: Offer) -> Floats:
        """Return what is proved of each case."""
        counts = [len(case.certificates) for case in cases]
        values = np.full(len(cases), -np.inf)
        pairs = Pairs(
            np.repeat(np.array([case.number for case in cases], dtype=np.int64), counts),
            np.array([of for case in cases for of in case.certificates], dtype=np.int64),
            self._least.rows,
            self._most.rows,
            self._spared.rows,
            self._told.rows,
        )
        found = proved(pairs, offer.cost, offer.used, offer.room, self._starts, self._size)
        np.maximum.at(values, np.repeat(np.arange(len(cases)), counts), found)
        return values

    def _solved(self, case: _Case, offer: Offer) -> Solved | None:
        """Solve a case's program and keep its certificate; None where there is nothing more to be learned of it."""
        least, most = self._least.rows[case.number], self._most.rows[case.number]
        solved = self._program.solved(least, most, offer.room, case.basis)
        if solved.certificate is not None:
            self._keep(case, solved.certificate)
        if not len(solved.often):
            return None
        case.basis = solved.basis
        self.often = solved.often[: len(offer.cost)]
        return solved

    def _apart(
        self,
        case: _Case,
        now: Solved,
        solved: dict[_Case, Solved | None],
        offer: Offer,
        enough: float,
        may: Callable[[], bool],
    ) -> list[_Case]:
        """Return the two cases that the best question asked of one leads to, without those that cannot be; or none."""
        best: tuple[float, list[tuple[Floats, Floats, Solved]]] | None = None
        for question in self._questions.worth_asking(now.often):
            parts = [self._answered(case, question, now, side, offer) for side in range(2)]
            highest = max(enough, now.points)
            gains = [max(0.0, min(found.points, highest) - now.points) for _, _, found in parts]
            self._questions.learn(question, now.often, gains)
            score = max(gains[0], _LITTLE) * max(gains[1], _LITTLE)
            if best is None or score > best[0]:
                best = score, parts
            if not may():
                break
        return [] if best is None else [self._part(case, *of, solved) for of in best[1] if not of[2].is_never]

    def _answered(
        self, case: _Case, question: int, now: Solved, side: int, offer: Offer
    ) -> tuple[Floats, Floats, Solved]:
        """Return limits and solution of a case in which something comes as often as now at most, or once more."""
        least, most = self._least.rows[case.number].copy(), self._most.rows[case.number].copy()
        (most if side == 0 else least)[question] = np.floor(now.often[question] + 1e-7) + side
        return least, most, self._program.solved(least, most, offer.room, case.basis)

    def _part(
        self, case: _Case, least: Floats, most: Floats, found: Solved, solved: dict[_Case, Solved | None]
    ) -> _Case:
        part = _Case(self._limits(least, most), list(case.certificates), found.basis or case.basis)
        if found.certificate is not None:
            self._keep(part, found.certificate)
        solved[part] = found if len(found.often) else None
        return part

    def _keep(self, case: _Case, certificate: Certificate) -> None:
        self._told.add(np.array([certificate.constant, certificate.budget]))
        case.certificates = [*case.certificates[1 - _KEPT :], self._spared.add(certificate.spared)]

    def _limits(self, least: Floats, most: Floats) -> int:
        self._most.add(most)
        return self._least.add(least)


class _Growing:
    """Rows that come one by one, kept in one array."""

    def __init__(self, width: int) -> None:
        self._room, self._count = np.zeros((16, width)), 0

    @property
    def rows(self) -> Floats:
        """All rows there is room for."""
        return self._room

    def add(self, row: Floats) -> int:
        """Add a row and return its number."""
        if self._count == len(self._room):
            self._room = np.vstack([self._room, np.zeros_like(self._room)])
        self._room[self._count] = row
        self._count += 1
        return self._count - 1
