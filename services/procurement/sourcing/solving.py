"""The optimiser: most for poor households at a cost within reach of the least, then least cost, stops included.

What feeding the children weighs without a premium comes first. Then the premium λ grows, fen by fen that reaches poor
households, by bisection, as far as the county's tolerance allows. Of all plans on the way the best within it stands.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.procurement.sourcing.arcs import Arcs, arcs_of, costs_at, weight_of
from services.procurement.sourcing.bounds import bound_of
from services.procurement.sourcing.columns import MILLI, Columns, Flags, Floats, Integers
from services.procurement.sourcing.days import NO_LIMIT, WIDEST, days_of, extra_of, load_of
from services.procurement.sourcing.flows import Flow, Weights, flow, weights_of
from services.procurement.sourcing.keeping import keep
from services.procurement.sourcing.problem import Figures
from services.procurement.sourcing.rooms import Rooms
from services.procurement.sourcing.stops import choose, improve, prices_of, savings_of
from services.procurement.sourcing.suppliers import closed_by

Report = Callable[[float], None]
HALVINGS = 6
TRIES_PER_LINE = 100
"""Moves tried on the way; the plan that stands gets `LAST` times as many."""
LAST = 5
LIMITED = 3
"""So many times the rounds where rules couple foods: their prices have to be found, too."""
HEAT = 0.5
SEED = 20261126
FEN = 1_000_000
PERMILLE = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """What the optimiser found: grams on arcs, what nobody brings, and what a gram more or less would have changed.

    `offer_worth` is what a gram more of an offer would save, `line_saved` what a gram less for a line would, and
    `line_price` what a gram more would weigh. `heavy` is what a gram weighed on each arc in the last flow, its stop
    included where nobody else brings anything. From `span` on it is no price: somebody goes without, or only another
    county can help. `closed` are arcs to cooperatives that are not among a school's suppliers.
    """

    arcs: Arcs
    grams: Integers
    unmet_g: Integers
    rank: Integers
    heavy: Integers
    offer_worth: Integers
    line_saved: Integers
    line_price: Integers
    closed: Flags
    span: int
    figures: Figures


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
    """A market ready to be solved at any premium; knows from one premium what scarce offers are worth at the next."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.arcs = arcs_of(columns)
        self.days = days_of(columns, self.arcs)
        dearest = int(self.arcs.cost.max(initial=0)) + int(
            columns.terms.most_premium_permille * self.arcs.favour.max(initial=0) / PERMILLE
        )
        self.span = dearest + WIDEST + 1
        self.weights: Weights = weights_of(columns, self.arcs, self.span)
        self.worth: Floats = np.zeros(columns.offers)
        self.rooms = Rooms(self.days, self.arcs.cost)
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

    def plan(self, premium: float, rounds: int, tries: int) -> Plan:
        """Return a plan at this premium: flows by the stops that are worth it, then moves."""
        return self.polish(self.weigh(self.flow_with_stops(premium, rounds), premium), tries)

    def flow_with_stops(self, premium: float, rounds: int) -> Flow:
        """Return a flow: stops chosen at the worth of offers, offers by the stops, so many rounds."""
        cost = costs_at(self.arcs, premium)
        heavy = cost + self.weights.of_arc + self.closing
        for number in range(rounds * LIMITED if self.days.limited else rounds):
            full = self.rooms.on_arcs()
            choice = choose(self.columns, self.days, heavy + full + self.worth[self.arcs.offer], self.weights)
            extra = extra_of(self.columns, self.days, choice.chosen) + full.astype(np.int64)
            found = self.flow(cost + extra)
            self.rooms.learn(found.grams)
            worth, _ = prices_of(self.columns, self.days, heavy + extra, self.weights, found)
            self.worth = worth.astype(np.float64) if not number and not self.worth.any() else (self.worth + worth) / 2
        return found

    def polish(self, plan: Plan, tries: int) -> Plan:
        """Return what moves make of a plan, and the flow that is cheapest for the stops then made; the lighter one."""
        cost = costs_at(self.arcs, plan.premium)
        moved = self._moved(plan.flow, cost, tries)
        extra = extra_of(self.columns, self.days, load_of(self.days, moved.grams) > 0)
        extra += self.rooms.on_arcs().astype(np.int64)
        again = self._moved(self.flow(cost + extra), cost, 0)
        lighter = min(
            (self.weigh(each, plan.premium) for each in (moved, again)), key=lambda each: (each.unmet_g, each.objective)
        )
        return self.kept(lighter) if self.is_ruled else lighter

    def kept(self, plan: Plan, *, by_flows: bool = True) -> Plan:
        """Return what of a plan keeps all rules exactly."""
        heavy = costs_at(self.arcs, plan.premium) + self.weights.of_arc
        found = keep(self.columns, self.arcs, self.days, heavy, self.weights, plan.flow, by_flows=by_flows)
        return self.weigh(found, plan.premium)

    def _moved(self, found: Flow, cost: Integers, tries: int) -> Flow:
        heavy = cost + self.weights.of_arc
        return improve(self.columns, self.days, heavy + self.closing, found, tries, HEAT, SEED)

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


def solve(columns: Columns, report: Report) -> Answer:
    """Return the best allocation found within the county's computing time, with its proof.

    The same columns give the same answer, unless time runs out. Progress is reported between steps, where a cancelled
    run stops. At least one whole plan is always made.
    """
    market = Market(columns)
    tries = TRIES_PER_LINE * columns.lines
    if columns.terms.suppliers_per_week is not None:
        market.close_others(market.flow_with_stops(0.0, rounds=2))
    report(0.05)
    plans = [market.plan(0.0, rounds=4, tries=tries * LAST)]
    report(0.25)
    # Counted is this process's own work: what else the machine does is not to decide who sells.
    ends = time.process_time() + columns.terms.seconds
    # Above 1 / share a fen of premium lowers the share it is paid for.
    low, high = 0.0, min(columns.terms.most_premium_permille / PERMILLE, 1 / max(plans[0].share, 0.001))
    for number in range(HALVINGS):
        if time.process_time() > ends:
            break
        middle = (low + high) / 2
        plans.append(market.plan(middle, rounds=1, tries=tries))
        low, high = (middle, high) if _within(plans[-1], plans, columns) else (low, middle)
        report(0.25 + 0.5 * (number + 1) / HALVINGS)
    plans.append(market.polish(_best(plans, columns), tries * LAST))
    return _answer(market, _best(plans, columns), min(plan.cost for plan in _full(plans)), report)


def _best(plans: list[Plan], columns: Columns) -> Plan:
    """Return the plan that does most for poor households within what the rules allow, the cheapest of equal ones."""
    allowed = [plan for plan in _full(plans) if _within(plan, plans, columns)]
    return max(allowed, key=lambda plan: (plan.favour / max(plan.food, 1), -plan.cost))


def _full(plans: list[Plan]) -> list[Plan]:
    least = min(plan.unmet_g for plan in plans)
    return [plan for plan in plans if plan.unmet_g == least]


def _within(plan: Plan, plans: list[Plan], columns: Columns) -> bool:
    """Whether a plan costs no more than the rules allow for what it does for poor households."""
    terms = columns.terms
    missed = plan.share * PERMILLE < terms.share_target_permille
    allowed = terms.target_tolerance_permille if missed else terms.tolerance_permille
    return plan.cost <= min(each.cost for each in _full(plans)) * (PERMILLE + allowed) / PERMILLE


def _answer(market: Market, best: Plan, least: float, report: Report) -> Answer:
    columns, arcs = market.columns, market.arcs
    made = load_of(market.days, best.flow.grams) > 0
    cost = costs_at(arcs, best.premium)
    heavy = cost + market.weights.of_arc
    extra = extra_of(columns, market.days, made) + market.rooms.on_arcs().astype(np.int64)
    # Moves may have left the flow that is cheapest at these costs; prices belong to that one.
    cheapest = market.flow(cost + extra)
    linear = heavy + extra + market.closing
    _, line_price = prices_of(columns, market.days, linear, market.weights, cheapest)
    offer_worth, line_saved = savings_of(columns, market.days, linear, market.weights, cheapest)
    bound = bound_of(
        columns, market.days, heavy, market.weights, best.flow, market.worth, market.rooms, best.objective, report
    )
    figures = Figures(
        cost_fen=round(best.cost),
        food_fen=round(best.food),
        poor_fen=round(best.poor),
        stops=best.stops,
        least_cost_fen=round(least),
        premium=best.premium,
        objective_fen=round(best.objective),
        bound_fen=min(round(best.objective), round(bound)),
    )
    return Answer(
        arcs=arcs,
        grams=best.flow.grams,
        unmet_g=best.flow.unmet_g,
        rank=ranks_of(arcs, heavy),
        heavy=linear,
        offer_worth=offer_worth,
        line_saved=line_saved,
        line_price=line_price,
        closed=market.closed,
        span=market.span,
        figures=figures,
    )


def ranks_of(arcs: Arcs, heavy: Integers) -> Integers:
    """Return at which place each arc stands among its line's, the cheapest first."""
    order = np.lexsort((arcs.offer, heavy, arcs.line))
    first = np.flatnonzero(np.diff(arcs.line[order], prepend=-1))
    counts = np.diff(np.append(first, len(arcs)))
    rank = np.zeros(len(arcs), np.int64)
    rank[order] = np.arange(len(arcs)) - np.repeat(first, counts) + 1
    return rank
