"""A market as arcs with weights, and what plans weigh: all that flows need, and nothing that has to be compiled."""

from dataclasses import dataclass

import numpy as np

from services.procurement.sourcing.arcs import Arcs, arcs_of, costs_at, weight_of
from services.procurement.sourcing.columns import MILLI, Columns, Flags, Integers
from services.procurement.sourcing.days import NO_LIMIT, WIDEST, days_of, load_of
from services.procurement.sourcing.flows import Flow, Weights, flow, weights_of
from services.procurement.sourcing.keeping import keep
from services.procurement.sourcing.suppliers import closed_by

FEN = 1_000_000
PERMILLE = 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """A flow with its stops made, and what it weighs in fen."""

    flow: Flow
    premium: float
    cost: float
    food: float
    poor: float
    favour: float
    stops: int

    @property
    def unmet_g(self) -> int:
        """What nobody brings; plans differ in that only where rules couple foods."""
        return int(self.flow.unmet_g.sum())

    @property
    def share(self) -> float:
        """What part of the money for food reaches poor households."""
        return self.poor / self.food if self.food else 0.0

    @property
    def objective(self) -> float:
        """What it weighs with the premium taken off, in fen."""
        return self.cost - self.premium * self.favour


class Market:
    """A market ready for flows: its arcs, what a gram weighs on them, and what its rules close."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.arcs = arcs_of(columns)
        self.days = days_of(columns, self.arcs)
        dearest = int(self.arcs.cost.max(initial=0)) + int(
            columns.terms.most_premium_permille * self.arcs.favour.max(initial=0) / PERMILLE
        )
        self.span = dearest + WIDEST + 1
        self.weights: Weights = weights_of(columns, self.arcs, self.span)
        self.closed: Flags = np.zeros(len(self.arcs), np.bool_)
        self.closing: Integers = np.zeros(len(self.arcs), np.int64)

    def close_others(self, planned: Flow) -> None:
        """Close arcs to all but as many suppliers of a school's week as there may be; `planned` has more."""
        most = self.columns.terms.suppliers_per_week
        if most is not None and len(self.arcs):
            self.closed = closed_by(self.columns, self.arcs, planned.grams, most)
            self.closing = np.where(self.closed, self.weights.of_unmet[self.arcs.line] + self.span, 0)
            self.days = self.days._replace(lot=np.where(self.closed, NO_LIMIT, self.days.lot))

    @property
    def is_ruled(self) -> bool:
        """Whether there are rules that flows and moves only come near."""
        terms = self.columns.terms
        return self.days.limited or terms.suppliers_per_week is not None or terms.whole_packs

    def kept(self, plan: Plan, *, by_flows: bool = True) -> Plan:
        """Return what of a plan keeps all rules exactly."""
        heavy = costs_at(self.arcs, plan.premium) + self.weights.of_arc
        found = keep(self.columns, self.arcs, self.days, heavy, self.weights, plan.flow, by_flows=by_flows)
        return self.weigh(found, plan.premium)

    def flow(self, cost: Integers) -> Flow:
        """Return the cheapest flow over arcs that are not closed."""
        return flow(self.columns, self.arcs, cost, self.weights, closed=self.closed)

    def weigh(self, found: Flow, premium: float) -> Plan:
        """Return what a flow weighs."""
        made = load_of(self.days, found.grams) > 0
        food = weight_of(self.columns.price[self.arcs.offer] * MILLI, found.grams)
        cost = weight_of(self.arcs.cost, found.grams) + float(self.days.stop_costs[made].sum()) / FEN
        poor, favour = (weight_of(each, found.grams) for each in (self.arcs.poor, self.arcs.favour))
        return Plan(found, premium, cost, food, poor, favour, int(made.sum()))


def ranks_of(arcs: Arcs, heavy: Integers) -> Integers:
    """Return at which place each arc stands among its line's, the cheapest first."""
    order = np.lexsort((arcs.offer, heavy, arcs.line))
    first = np.flatnonzero(np.diff(arcs.line[order], prepend=-1))
    counts = np.diff(np.append(first, len(arcs)))
    rank = np.zeros(len(arcs), np.int64)
    rank[order] = np.arange(len(arcs)) - np.repeat(first, counts) + 1
    return rank
