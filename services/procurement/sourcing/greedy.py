"""The greedy: quick enough for the event loop, and what the optimiser falls back on and is measured against.

Objectives in the field's order: feed the children, reach poor households, spend little, drive little.
"""

from collections.abc import Callable

from services.procurement.sourcing.market import Market
from services.procurement.sourcing.problem import Allocation, Piece, Problem, Shortfall

_REPORT_EVERY = 64


def allocate_greedily(problem: Problem, report: Callable[[float], None]) -> Allocation:
    """Match lines with offers; the same problem always gets the same answer.

    First, day by day and school by school, cooperatives that save stops by bringing several lines. Then line by line,
    foods that are hard to fill first: offers of its own county before others, then bands of about equal cost (price and
    one more stop at the school); within a band the greatest share of poor households, then least cost, distance, id.
    """
    market = Market(problem)
    groups, order = market.schools_and_days(), market.hard_to_fill_first()
    pieces: list[Piece] = []
    for done, group in enumerate(groups):
        if done % _REPORT_EVERY == 0:
            report(done / (len(groups) + len(order)))
        pieces += market.fill_together(group)
    served = {piece.line for piece in pieces}
    shortfalls: list[Shortfall] = []
    for done, index in enumerate(index for index in order if index not in served):
        if done % _REPORT_EVERY == 0:
            report((len(groups) + done) / (len(groups) + len(order)))
        taken = market.fill(index)
        pieces += taken
        short = problem.lines[index].need_g - sum(piece.quantity_g for piece in taken)
        if short:
            shortfalls.append(Shortfall(index, short, market.why_short(index)))
    return Allocation(tuple(pieces), tuple(shortfalls))
