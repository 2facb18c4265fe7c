"""The sourcing algorithm: demand lines against offers. A greedy behind one function, a checker proves any answer.

Objectives in the field's order: feed the children, reach poor households, spend little, drive little. Another algorithm
can stand behind the same function.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

from services.procurement.sourcing.geography import distance_m
from services.procurement.sourcing.market import Market
from services.procurement.sourcing.problem import Allocation, Piece, Problem, Shortfall, barrier

_REPORT_EVERY = 64


def allocate(problem: Problem, report: Callable[[float], None]) -> Allocation:
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


def check(problem: Problem, allocation: Allocation) -> list[str]:
    """Return everything wrong with an allocation; an empty list proves it."""
    faults = []
    of_line: dict[int, int] = defaultdict(int)
    of_offer: dict[int, int] = defaultdict(int)
    for piece in allocation.pieces:
        of_line[piece.line] += piece.quantity_g
        of_offer[piece.offer] += piece.quantity_g
        if piece.quantity_g <= 0:
            faults.append(f"{piece} holds nothing")
        if why := _barrier_between(problem, piece.line, piece.offer):
            faults.append(f"{piece} is from an offer {why}")
    if len({(piece.line, piece.offer) for piece in allocation.pieces}) < len(allocation.pieces):
        faults.append("a line takes from an offer twice")
    short = {shortfall.line: shortfall.unmet_g for shortfall in allocation.shortfalls}
    left = [offer.remaining_g - of_offer[index] for index, offer in enumerate(problem.offers)]
    faults += [f"offer {index} gives {-grams} g more than it has" for index, grams in enumerate(left) if grams < 0]
    for index, line in enumerate(problem.lines):
        if of_line[index] + short.get(index, 0) != line.need_g:
            faults.append(f"line {index} needs {line.need_g} g, gets {of_line[index]} and misses {short.get(index, 0)}")
    return faults + list(_hunger(problem, short, left)) + list(_crumbs(problem, allocation, left))


def _barrier_between(problem: Problem, line: int, offer: int) -> str | None:
    here, there = problem.lines[line], problem.offers[offer]
    distance = distance_m(here.place, there.place) if here.place and there.place else None
    return barrier(problem, here, there, distance)


def _hunger(problem: Problem, short: dict[int, int], left: list[int]) -> Iterator[str]:
    """Find lines that go short while an offer that may serve them has grams left."""
    for index in short:
        for offer, grams in enumerate(left):
            if grams > 0 and _barrier_between(problem, index, offer) is None:
                yield f"line {index} goes short while offer {offer} has {grams} g left"


def _crumbs(problem: Problem, allocation: Allocation, left: list[int]) -> Iterator[str]:
    """Find pieces below their offer's minimum lot that another offer could have brought in a full lot."""
    for piece in allocation.pieces:
        if piece.quantity_g >= problem.offers[piece.offer].minimum_lot_g:
            continue
        for offer, grams in enumerate(left):
            full_lot = problem.offers[offer].minimum_lot_g <= piece.quantity_g <= grams
            if offer != piece.offer and full_lot and _barrier_between(problem, piece.line, offer) is None:
                yield f"{piece} is below the minimum lot, offer {offer} could bring it"
