"""A small buyer's reckoning: procurement's part in planning a county's week with its farms, without its database.

The county's week is composed of one draft for each canteen, its supply of offers and the market (a Dantzig-Wolfe
master). What one more kilogram of a food is worth is the dual price of its row; what the drafts prove at these prices
bounds every composition from below. Prices stay between that of the cheapest offer and the market's, and move a part of
the way only: raw dual prices jump between the two, and drafts with them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np

from shared.events.nutrition import DemandDrafted

SMOOTHED = 0.6
"""How much of a new price counts; the rest is the price before."""
WHOLE_GAP = 0.0005
WHOLE_NODES = 2_000
"""How near to the best a choice of whole drafts must be proved, and after how many nodes it is taken anyway."""
KG = 1000


@dataclass(frozen=True, slots=True)
class Supply:
    """What can be bought of one food: an offer, or the market without limit (infinite `kg`).

    Prices are fen per kg; `poor` is the share of it that reaches poor households.
    """

    food_code: str
    price: float
    poor: float
    kg: float

    def worth(self, premium: float) -> float:
        """What a kg costs when each fen that reaches poor households is held worth `premium` fen."""
        return self.price * (1 - premium * self.poor)


@dataclass(frozen=True, slots=True)
class Column:
    """A draft as the buyer sees it: kg of each food, what it comes to beside them (fen), and its shortfall (points)."""

    draft_id: str
    canteen_id: str
    kg: Mapping[str, float]
    points_fen: float
    shortfall: float
    bound_fen: int

    def comes_to(self, prices: Mapping[str, int]) -> float:
        """Return what it comes to at some prices (fen)."""
        return self.points_fen + sum(kg * prices[code] for code, kg in self.kg.items())

    @classmethod
    def of(cls, draft: DemandDrafted) -> "Column":
        """Return the column of a draft that was told."""
        kg: dict[str, float] = defaultdict(float)
        for line in draft.demand:
            kg[line.food_code] += line.quantity_g / KG
        points = draft.shortfall_millipoints + draft.taste_millipoints
        return cls(
            draft_id=draft.draft_id,
            canteen_id=draft.canteen_id,
            kg=dict(kg),
            points_fen=points * draft.point_fen / 1000,
            shortfall=draft.shortfall_millipoints / 1000,
            bound_fen=draft.bound_fen or 0,
        )


@dataclass(frozen=True, slots=True)
class Bill:
    """What a county's week costs (fen), how much of it reaches poor households, and the mean shortfall (points)."""

    cost: float
    poor: float
    shortfall: float

    @property
    def poor_share(self) -> float:
        """Share of what is spent."""
        return self.poor / self.cost


@dataclass(frozen=True, slots=True)
class Composed:
    """The best composition of some columns: how much of each, what it comes to (fen), and the worth of a kg of food."""

    objective: float
    parts: Sequence[float]
    prices: Mapping[str, float]
    bill: Bill


@dataclass
class Buyer:
    """The master: takes drafts round by round, and says what foods are worth and how far from the best it can be."""

    supplies: Sequence[Supply]
    premium: float
    columns: list[Column] = field(default_factory=list)
    bound: float = 0.0
    hoped: float = 0.0
    objective: float = np.inf
    prices: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Before anything is asked for, a food is worth what its cheapest offer takes, else the market."""
        self._range = {
            code: (min(worths), max(worths))
            for code, of_food in _by_food(self.supplies).items()
            for worths in ([one.worth(self.premium) for one in of_food],)
        }
        self.prices = {code: round(low) for code, (low, _) in self._range.items()}

    @property
    def gap(self) -> float:
        """How far at most the best composition so far lies above the best there can be, as a share of that."""
        return self.objective / self.bound - 1 if self.bound > 0 else np.inf

    @property
    def unsettled(self) -> float:
        """How far the best composition so far lies above what would be the bound, were the drafts the best there are.

        No proof, but what says that more rounds bring little: at today's prices nobody has found better drafts.
        """
        return self.objective / self.hoped - 1 if self.hoped > 0 else np.inf

    def take(self, columns: Sequence[Column]) -> Composed:
        """Take a round's drafts, made at the present prices; the next prices follow."""
        self.bound = max(self.bound, self._lagrangian([one.bound_fen for one in columns]))
        self.hoped = max(self.hoped, self._lagrangian([one.comes_to(self.prices) for one in columns]))
        known = {(one.canteen_id, one.points_fen, tuple(one.kg.items())) for one in self.columns}
        new = [one for one in columns if (one.canteen_id, one.points_fen, tuple(one.kg.items())) not in known]
        self.columns += new
        composed = compose(self.columns, self.supplies, self.premium)
        self.objective = composed.objective
        self.prices = {
            code: round(SMOOTHED * min(max(composed.prices.get(code, 0.0), low), high) + (1 - SMOOTHED) * before)
            for code, (low, high) in self._range.items()
            for before in (self.prices[code],)
        }
        return composed

    def whole(self) -> tuple[Composed, list[Column]]:
        """Choose one whole draft for each canteen."""
        composed = compose(self.columns, self.supplies, self.premium, whole=True)
        return composed, [one for one, part in zip(self.columns, composed.parts, strict=True) if part > 0.5]

    def _lagrangian(self, least: Iterable[float]) -> float:
        """Return what no composition comes to less than where no canteen's draft comes to less than its `least`.

        At the present prices whoever supplies earns at most what is paid above its worth.
        """
        earned = sum(
            one.kg * max(0.0, self.prices[one.food_code] - one.worth(self.premium))
            for one in self.supplies
            if np.isfinite(one.kg)
        )
        return sum(least) - earned


def _by_food(supplies: Iterable[Supply]) -> dict[str, list[Supply]]:
    found = defaultdict(list)
    for one in supplies:
        found[one.food_code].append(one)
    return found


def compose(columns: Sequence[Column], supplies: Sequence[Supply], premium: float, *, whole: bool = False) -> Composed:
    """Return the best composition: one column for each canteen, in parts or whole, and the cheapest supply for it.

    Raises ValueError where some food is needed that nobody supplies enough of.
    """
    foods = sorted({code for one in columns for code in one.kg})
    offered = [one for one in supplies if one.food_code in set(foods)]
    highs = highspy.Highs()
    highs.silent()
    for option, value in (("threads", 1), ("mip_rel_gap", WHOLE_GAP), ("mip_max_nodes", WHOLE_NODES)):
        highs.setOptionValue(option, value)
    canteens = _fill(highs, columns, offered, foods, premium, whole=whole)
    highs.run()
    solution = highs.getSolution()
    if not solution.value_valid:
        raise ValueError(f"no composition: {highs.modelStatusToString(highs.getModelStatus())}")
    values = np.array(solution.col_value)
    parts, bought = values[: len(columns)], values[len(columns) :]
    spent = bought * np.array([one.price for one in offered])
    bill = Bill(
        cost=float(spent.sum()),
        poor=float(spent @ np.array([one.poor for one in offered])),
        shortfall=float(parts @ np.array([one.shortfall for one in columns])) / canteens,
    )
    prices = {} if whole else dict(zip(foods, solution.row_dual[canteens:], strict=True))
    return Composed(highs.getObjectiveValue(), parts.tolist(), prices, bill)


def _fill(
    highs: highspy.Highs,
    columns: Sequence[Column],
    offered: Sequence[Supply],
    foods: Sequence[str],
    premium: float,
    *,
    whole: bool,
) -> int:
    """Pass the model, a row for each canteen (one draft) and each food (enough of it); return how many canteens."""
    canteens = {one: row for row, one in enumerate(sorted({column.canteen_id for column in columns}))}
    row_of_food = {code: len(canteens) + row for row, code in enumerate(foods)}
    entries = [[(canteens[one.canteen_id], 1.0)] for one in columns]
    for entry, one in zip(entries, columns, strict=True):
        entry += [(row_of_food[code], -kg) for code, kg in one.kg.items()]
    entries += [[(row_of_food[one.food_code], 1.0)] for one in offered]
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(entries), len(canteens) + len(foods)
    program.col_cost_ = np.array([one.points_fen for one in columns] + [one.worth(premium) for one in offered])
    program.col_lower_ = np.zeros(len(entries))
    program.col_upper_ = np.array([1.0] * len(columns) + [one.kg for one in offered])
    program.row_lower_ = np.array([1.0] * len(canteens) + [0.0] * len(foods))
    program.row_upper_ = np.array([1.0] * len(canteens) + [highspy.kHighsInf] * len(foods))
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.cumsum([0, *map(len, entries)])
    program.a_matrix_.index_ = np.array([row for entry in entries for row, _ in entry])
    program.a_matrix_.value_ = np.array([value for entry in entries for _, value in entry])
    if whole:
        kinds = [highspy.HighsVarType.kInteger] * len(columns) + [highspy.HighsVarType.kContinuous] * len(offered)
        program.integrality_ = kinds
    highs.passModel(program)
    return len(canteens)
