"""What cooperatives can handle and may earn, and schools may spend, as prices: a row that holds too much gets dearer
until others are asked.

These rules couple foods, so no flow sees them. Priced into the costs of arcs they are kept nearly; moves keep them
exactly.
"""

import numpy as np

from services.procurement.sourcing.columns import MILLI, Floats, Integers
from services.procurement.sourcing.days import NO_LIMIT, Days, rows_used

STRIDE = 0.15
"""By what share of a mean price a full row gets dearer in the first step for all that it holds too much again."""
DAMPING = 0.3
MOST = 2.0


class Rooms:
    """Prices of rows: of days in 1/1000 fen per kg, of seasons and schools' weeks in fen per fen."""

    def __init__(self, days: Days, cost: Integers) -> None:
        self._days = days
        self._of_day = int(days.rows[1].min(initial=len(days.room)))
        self._mean = float(cost.mean()) if len(cost) else 0.0
        self.prices: Floats = np.zeros(len(days.room))
        self.steps = 0

    def on_arcs(self) -> Floats:
        """Return what a gram on each arc is dearer by, in 1/1000 fen per kg."""
        days, rows = self._days, self._days.rows
        of_money = self.prices[rows[1]] + self.prices[days.budget[days.line]]
        dearer: Floats = self.prices[rows[0]] + of_money * rows[2] * MILLI
        return dearer

    def learn(self, grams: Integers) -> None:
        """Make rows that hold too much dearer and others cheaper, less with every step."""
        days = self._days
        over = np.clip((rows_used(days, grams) - days.room) / np.maximum(days.room, 1), -1.0, 1.0)
        over[days.room >= NO_LIMIT] = 0.0
        self.steps += 1
        stride = STRIDE / (1 + DAMPING * self.steps)
        by_row = np.where(np.arange(len(over)) < self._of_day, stride * self._mean, stride)
        most = np.where(np.arange(len(over)) < self._of_day, MOST * self._mean, MOST)
        self.prices = np.clip(self.prices + by_row * over, 0.0, most)

    def worth(self) -> float:
        """Return what all room is worth at these prices, in 1/1,000,000 fen."""
        priced = self.prices > 0
        in_fen = np.where(np.arange(len(self.prices)) < self._of_day, 1.0, MILLI)
        return float((self.prices * in_fen * self._days.room)[priced].sum())
