"""The optimiser: most for poor households at a cost within reach of the least, then least cost, stops included.

What feeding the children weighs without a premium comes first. Then the premium λ grows, fen by fen that reaches poor
households, by bisection, as far as the county's tolerance allows. Of all plans on the way the best within it stands.
"""

import time
from collections.abc import Callable

import numpy as np

from services.procurement.sourcing.answer import Answer
from services.procurement.sourcing.arcs import costs_at
from services.procurement.sourcing.bounds import bound_of
from services.procurement.sourcing.columns import Columns, Floats, Integers
from services.procurement.sourcing.days import extra_of, load_of
from services.procurement.sourcing.flows import Flow
from services.procurement.sourcing.problem import Figures
from services.procurement.sourcing.rooms import Rooms
from services.procurement.sourcing.stops import choose, improve, prices_of, savings_of
from services.procurement.sourcing.weighing import PERMILLE, Market, Plan, ranks_of

Report = Callable[[float], None]
HALVINGS = 6
TRIES_PER_LINE = 100
"""Moves tried on the way; the plan that stands gets `LAST` times as many."""
LAST = 5
LIMITED = 3
"""So many times the rounds where rules couple foods: their prices have to be found, too."""
HEAT = 1.0
SEED = 20261126


class Solver(Market):
    """A market solved at any premium; knows from one premium what scarce offers are worth at the next."""

    def __init__(self, columns: Columns) -> None:
        super().__init__(columns)
        self.worth: Floats = np.zeros(columns.offers)
        self.rooms = Rooms(self.days, self.arcs.cost)

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
        again = self._moved(self.flow(cost + self.surcharge(moved)), cost, 0)
        lighter = min(
            (self.weigh(each, plan.premium) for each in (moved, again)), key=lambda each: (each.unmet_g, each.objective)
        )
        return self.kept(lighter) if self.is_ruled else lighter

    def surcharge(self, found: Flow) -> Integers:
        """Return what a gram costs more on arcs whose stop a flow does not make, or whose cooperative is full."""
        made = load_of(self.days, found.grams) > 0
        return extra_of(self.columns, self.days, made) + self.rooms.on_arcs().astype(np.int64)

    def bound(self, plan: Plan, report: Report) -> float:
        """Return what every allocation weighs at least, in fen, by a plan's premium and as full as that is."""
        cost, extra = costs_at(self.arcs, plan.premium), self.surcharge(plan.flow)
        return bound_of(self.columns, self.arcs, self.days, cost, extra, plan.flow, self.rooms, plan.objective, report)

    def _moved(self, found: Flow, cost: Integers, tries: int) -> Flow:
        heavy = cost + self.weights.of_arc
        return improve(self.columns, self.days, heavy + self.closing, found, tries, HEAT, SEED)


def solve(columns: Columns, report: Report) -> Answer:
    """Return the best allocation found within the county's computing time, with its proof.

    The same columns give the same answer, unless time runs out. Progress is reported between steps, where a cancelled
    run stops. At least one whole plan is always made.
    """
    market = Solver(columns)
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


def _answer(market: Solver, best: Plan, least: float, report: Report) -> Answer:
    columns, arcs = market.columns, market.arcs
    cost, extra = costs_at(arcs, best.premium), market.surcharge(best.flow)
    heavy = cost + market.weights.of_arc
    # Moves may have left the flow that is cheapest at these costs; prices belong to that one.
    cheapest = market.flow(cost + extra)
    linear = heavy + extra + market.closing
    _, line_price = prices_of(columns, market.days, linear, market.weights, cheapest)
    offer_worth, line_saved = savings_of(columns, market.days, linear, market.weights, cheapest)
    bound = market.bound(best, report)
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
