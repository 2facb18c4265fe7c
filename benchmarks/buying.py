"""The buyer's part in planning a county's week with its farms, without its database: procurement's master."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.procurement.joint.master import bound_of, first_prices, step
from services.procurement.joint.steps import Column, Step, Task
from services.procurement.joint.supply import Supply
from services.procurement.sourcing.problem import Terms


def at_premium(permille: int) -> Terms:
    """Return rules that allow for this premium (λ, in 1/1000), whatever it costs."""
    return Terms(most_premium_permille=permille, tolerance_permille=1000, target_tolerance_permille=1000)


@dataclass
class Buyer:
    """Takes drafts round by round; says what foods are worth, and in the end chooses."""

    supplies: Sequence[Supply]
    terms: Terms
    columns: list[Column] = field(default_factory=list)
    told: list[dict[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Tell what foods cost before anything is asked for."""
        self.found = Step(first_prices(self.supplies))

    @property
    def prices(self) -> dict[str, int]:
        """What a kg of each food is worth in the round to come (fen)."""
        return {code: one.fen for code, one in self.found.prices.items()}

    def take(self, columns: Sequence[Column], *, last: bool = False) -> Step:
        """Take a round's drafts, made at the present prices; a choice or the next prices follow."""
        self.told.append(self.prices)
        self.columns += columns
        self.found = step(self._task(last=last), lambda _: None)
        return self.found

    def bound(self, columns: Sequence[Column], premium: float) -> float | None:
        """Return what is proved if these were one more round's drafts, at a premium."""
        self.told.append(self.prices)
        self.columns += columns
        return bound_of(self._task(last=True), premium)

    def _task(self, *, last: bool) -> Task:
        return Task(self.supplies, self.told, self.columns, self.terms, last=last)
