"""Which question tells a case best apart into two: that whose answers, either of them, raise the bound most."""

import numpy as np

from services.nutrition.analysis.plates import Floats

_TRIED = 10
_RELIABLE = 2
"""Questions tried in a case, until one comes that has been asked so often that experience is believed."""
_WHOLE = 1e-5
_ALMOST_NOTHING = 1e-6


class Questions:
    """How often does a choice, or one of a group, come: what asking that has brought so far, below and above."""

    def __init__(self, width: int) -> None:
        self._gained, self._asked = np.zeros((width, 2)), np.zeros((width, 2), dtype=np.int64)

    def worth_asking(self, often: Floats) -> list[int]:
        """Return questions to try in a case, the most promising first; none if all choices come whole times."""
        parts = _parts(often)
        open_ = np.flatnonzero(parts.min(axis=1) > _WHOLE)
        promised = np.maximum(self._expected()[open_] * parts[open_], _ALMOST_NOTHING).prod(axis=1)
        order = open_[np.argsort(-promised, kind="stable")][:_TRIED]
        known = np.flatnonzero((self._asked[order] >= _RELIABLE).all(axis=1))
        return [int(question) for question in order[: known[0] + 1 if len(known) else None]]

    def learn(self, question: int, often: Floats, gains: list[float]) -> None:
        """Note by how many points the two answers raised the bound of a case."""
        self._gained[question] += np.array(gains) / np.maximum(_parts(often[[question]])[0], _ALMOST_NOTHING)
        self._asked[question] += 1

    def _expected(self) -> Floats:
        """Return points to be expected for a whole dish; of what was never asked the mean of all."""
        mean = self._gained.sum(axis=0) / np.maximum(self._asked.sum(axis=0), 1) + _ALMOST_NOTHING
        expected: Floats = np.where(self._asked > 0, self._gained / np.maximum(self._asked, 1), mean)
        return expected


def _parts(often: Floats) -> Floats:
    """Return by how much numbers lie above the whole number below, and below the one above."""
    above = often - np.floor(often + 1e-7)
    return np.stack([above, 1.0 - above], axis=1)
