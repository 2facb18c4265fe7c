"""What a contract gives in which week, and what of it orders have drawn.

Up to the end of any week orders hold no more than the contract delivers up to then: what a week does not use stays for
those after it, and nothing is drawn before its time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from services.farmers.contracts.domain import ContractTerms
from shared.errors import Conflict
from shared.weeks import monday_of


@dataclass(frozen=True, slots=True)
class Schedule:
    """Grams agreed, and grams promised to orders, by the Monday of the week of delivery; :meth:`take` adds to those."""

    agreed: Mapping[date, int]
    promised: dict[date, int]

    @classmethod
    def of(cls, terms: ContractTerms, promised: Iterable[tuple[date, int]]) -> "Schedule":
        """Return the schedule of terms from which grams are promised for days of delivery."""
        by_week: dict[date, int] = {}
        for day, grams in promised:
            week = monday_of(day)
            by_week[week] = by_week.get(week, 0) + grams
        return cls({each.week_start: each.quantity_g for each in terms.deliveries}, by_week)

    def left_by_week(self, *others: date) -> dict[date, int]:
        """Return by week, of these others too, what its orders may still draw without taking it from a later week's."""
        balances = self._balances(*others)
        lowest = accumulate(reversed(balances.values()), min)
        return {week: max(0, left) for week, left in zip(reversed(balances), lowest, strict=True)}

    def left_g(self, week: date) -> int:
        """Return what orders for a week may still draw without taking it from a later week's orders."""
        return self.left_by_week(week)[week]

    def take(self, day: date, wanted_g: int) -> int:
        """Take up to so many grams for a day of delivery; returns how many."""
        week = monday_of(day)
        taken = min(wanted_g, self.left_g(week))
        self.promised[week] = self.promised.get(week, 0) + taken
        return taken

    def require_kept(self) -> None:
        """Raise Conflict when orders hold more up to some week than is agreed up to then."""
        for week, balance in self._balances().items():
            if balance < 0:
                detail = f"up to the week of {week} orders hold {-balance} g more than would be agreed"
                raise Conflict("below-promised", detail, field="deliveries")

    def _balances(self, *others: date) -> dict[date, int]:
        """Return by week, of these others too, what is agreed up to its end less what is promised up to then."""
        weeks = sorted({*others, *self.agreed, *self.promised})
        grams = (self.agreed.get(week, 0) - self.promised.get(week, 0) for week in weeks)
        return dict(zip(weeks, accumulate(grams), strict=True))
