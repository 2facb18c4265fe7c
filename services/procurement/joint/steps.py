"""What the rounds of planning with the farms go by: drafts as columns, what is known, and what follows from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.procurement.joint.supply import Need, Supply
from services.procurement.sourcing.problem import Terms

Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Column:
    """A draft as a master sees it: kg of each need, what it comes to beside them (fen), and its shortfall (points).

    `bound_fen`: at the prices of its round no menu of its canteen comes to less; None where nothing is proved.
    """

    draft_id: str
    canteen_id: str
    round: int
    kg: Mapping[Need, float]
    points_fen: float
    shortfall: float
    bound_fen: int | None

    def comes_to(self, prices: Mapping[str, int]) -> float:
        """Return what it comes to at some prices (fen)."""
        return self.points_fen + sum(kg * prices[code] for (code, _), kg in self.kg.items())


@dataclass(frozen=True, slots=True)
class Bill:
    """What a county's week costs (fen), how much of it reaches poor households, and the mean shortfall (points)."""

    cost: float
    poor: float
    shortfall: float

    @property
    def poor_share(self) -> float:
        """Share of what is spent."""
        return self.poor / self.cost if self.cost else 0.0


@dataclass(frozen=True, slots=True)
class Task:
    """What is known of a county's week: its supplies, the prices of each round told (the first is round 1), the drafts.

    `last` says that there may be no further round.
    """

    supplies: Sequence[Supply]
    told: Sequence[Mapping[str, int]]
    columns: Sequence[Column]
    terms: Terms
    last: bool


@dataclass(frozen=True, slots=True)
class Next:
    """What the next kilogram of a food is worth, and which shares of what it costs reach poor households and stay here.

    `left_g` is offered and not asked for, None where nobody offers it.
    """

    fen: int
    poor_permille: int = 0
    local_permille: int = 0
    left_g: int | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A whole composition: what it comes to with the premium taken off (fen), and its bill."""

    objective: float
    bill: Bill


@dataclass(frozen=True, slots=True)
class Choice:
    """One whole draft for each canteen, and menus first: everybody's first draft, supplied as well as it can be."""

    draft_ids: tuple[str, ...]
    weighed: Weighed
    first: Weighed


@dataclass(frozen=True, slots=True)
class Step:
    """What a round brings: the next prices, or the choice where the rounds are over.

    `premium` is λ, fen of premium for each fen that reaches poor households. `objective` is what the best composition
    comes to in parts, `bound` what none comes to less than (None: not proved), `hoped` what the bound would be were the
    drafts of the last round the best there are at its prices.
    """

    prices: Mapping[str, Next]
    premium: float = 0.0
    objective: float | None = None
    bound: float | None = None
    hoped: float | None = None
    choice: Choice | None = None

    @property
    def gap(self) -> float | None:
        """How far at most the composition lies above the best there can be, as a share of that."""
        return _above(self.choice.weighed.objective if self.choice else self.objective, self.bound)

    @property
    def unsettled(self) -> float | None:
        """How far it lies above what the last drafts hope for: how little another round can bring."""
        return _above(self.objective, self.hoped)


def _above(objective: float | None, least: float | None) -> float | None:
    return None if objective is None or not least or least <= 0 else max(0.0, objective / least - 1)
