"""Sourcing as one function: demand lines against offers, by the optimiser, by the greedy where that fails.

A problem crosses to a worker process as columns, an answer comes back as arrays; both are turned here.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.procurement.sourcing.against import Why
from services.procurement.sourcing.answer import Answer
from services.procurement.sourcing.arcs import Arcs
from services.procurement.sourcing.columns import MILLI, UNKNOWN, Columns, Integers, columns_of
from services.procurement.sourcing.flows import Flow
from services.procurement.sourcing.geography import distance_m
from services.procurement.sourcing.problem import Allocation, Figures, Piece, Problem, Shortfall, why_short
from services.procurement.sourcing.reasons.limits import LineReasons, OfferReasons, line_reasons, offer_reasons


def allocate(problem: Problem, report: Callable[[float], None]) -> Allocation:
    """Match lines with offers; the same problem always gets the same answer.

    First as much is fed as can be, from the own county as far as it goes; then as much reaches poor households as the
    county's tolerance allows; then it weighs as little as can be found: food, freight and stops.
    """
    return allocation_of(problem, answered(columns_of(problem), report))


def answered(columns: Columns, report: Callable[[float], None]) -> Answer:
    """Solve a market. What a worker process does for a comparison."""
    # Here, because only worker processes solve, and the compiler behind it is large and slow to load.
    from services.procurement.sourcing.solving import solve

    return solve(columns, report)


@dataclass(frozen=True, slots=True)
class Explained:
    """An answer, and why each offer and line got what it got."""

    answer: Answer
    offers: OfferReasons
    lines: LineReasons


def explain(columns: Columns, report: Callable[[float], None]) -> Explained:
    """Solve a market and say why. What a worker process does for a run."""
    answer = answered(columns, report)
    return Explained(answer, offer_reasons(columns, answer), line_reasons(columns, answer))


def allocation_of(problem: Problem, answer: Answer) -> Allocation:
    """Return an answer in the problem's terms."""
    return in_terms_of(problem, answer.arcs, Flow(answer.grams, answer.unmet_g), answer.rank, answer.figures)


def in_terms_of(
    problem: Problem, arcs: Arcs, found: Flow, rank: Integers, figures: Figures | None = None
) -> Allocation:
    """Return a flow in the problem's terms; `rank` is the place of each arc among its line's."""
    used = np.flatnonzero(found.grams)
    used = used[np.argsort(arcs.line[used], kind="stable")]
    of_arcs = (arcs.line, arcs.offer, found.grams, rank, arcs.distance_m)
    pieces = tuple(
        Piece(line, offer, grams, rank, None if metres == UNKNOWN else metres)
        for line, offer, grams, rank, metres in zip(*(each[used].tolist() for each in of_arcs), strict=True)
    )
    unmet = found.unmet_g.tolist()
    short = [index for index, grams in enumerate(unmet) if grams]
    given = np.bincount(arcs.offer, weights=found.grams, minlength=len(problem.offers)).tolist()
    held_back = {place for place, offer in enumerate(problem.offers) if given[place] < offer.remaining_g}
    why = _why(problem, short, held_back, _budgets_left(problem, pieces))
    return Allocation(pieces, tuple(Shortfall(index, unmet[index], why[index]) for index in short), figures)


def _budgets_left(problem: Problem, pieces: Iterable[Piece]) -> dict[tuple[str, date], int]:
    """Return what is left of schools' weeks that have a budget, in 1/1000 fen."""
    left = {week: MILLI * fen for week, fen in problem.budget_room_fen.items()}
    for piece in pieces if left else ():
        week = problem.lines[piece.line].school_week
        if week in left:
            left[week] -= piece.quantity_g * problem.offers[piece.offer].price_fen_per_kg
    return left


def _why(
    problem: Problem, short: Iterable[int], held_back: Container[int], budgets: Mapping[tuple[str, date], int]
) -> dict[int, Why]:
    of_food: dict[str, list[int]] = defaultdict(list)
    for place, offer in enumerate(problem.offers):
        of_food[offer.food_code].append(place)
    reasons = {}
    for index in short:
        line = problem.lines[index]
        places = [(offer, problem.offers[offer].place) for offer in of_food[line.food_code]]
        far = [(offer, distance_m(line.place, there) if line.place and there else None) for offer, there in places]
        reasons[index] = why_short(problem, line, far, held_back, budgets.get(line.school_week))
    return reasons
