"""The menus known in a class of schools: each is judged for another school by adding up its prices."""

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers


class ClassMenus:
    """Menus (D: nothing) and the points each misses of the standard; the oldest make room for new ones."""

    def __init__(self, slots: int, room: int) -> None:
        self._dishes, self._missed = np.zeros((room, slots), dtype=np.int64), np.full(room, np.inf)
        self._known: dict[bytes, int] = {}
        self._added = 0

    def add(self, dishes: Integers, missed: float) -> None:
        """Keep a menu that is not kept yet."""
        key = dishes.tobytes()
        if key in self._known:
            return
        place = self._added % len(self._missed)
        self._known.pop(self._dishes[place].tobytes(), None)
        self._dishes[place], self._missed[place], self._known[key] = dishes, missed, place
        self._added += 1

    def best(self, points: Floats, cost: Integers, budget: int) -> tuple[Integers, float] | None:
        """Return the menu with the fewest points that the budget can buy, and these; None if it can buy none."""
        dishes = self._dishes[: min(self._added, len(self._missed))]
        total = self._missed[: len(dishes)] + points[np.arange(dishes.shape[1]), dishes].sum(axis=1)
        total[cost[dishes].sum(axis=1) > budget] = np.inf
        if not np.isfinite(total).any():
            return None
        at = int(np.argmin(total))
        return dishes[at].copy(), float(total[at])
