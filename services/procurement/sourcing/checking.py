"""The checker: proves an allocation from the problem alone, knowing nothing of how it was found."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from services.procurement.sourcing.geography import distance_m
from services.procurement.sourcing.problem import Allocation, Problem, barrier


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
    rooms = _rooms(problem, allocation)
    faults += [f"{name} has {-room} g too much on {day}" for (name, day), room in rooms.items() if room < 0]
    return faults + list(_hunger(problem, short, left, rooms)) + list(_crumbs(problem, allocation, left, rooms))


def _rooms(problem: Problem, allocation: Allocation) -> dict[tuple[str, date], int]:
    """Return what each cooperative can still handle on each day of need, in g; nothing where there is no limit."""
    most = problem.terms.handling_g_per_day
    if most is None:
        return {}
    days = {line.delivery_day for line in problem.lines}
    names = {offer.cooperative_id for offer in problem.offers}
    rooms = {(name, day): max(0, most - problem.handled_g.get((name, day), 0)) for name in names for day in days}
    for piece in allocation.pieces:
        rooms[problem.offers[piece.offer].cooperative_id, problem.lines[piece.line].delivery_day] -= piece.quantity_g
    return rooms


def _room(problem: Problem, rooms: Mapping[tuple[str, date], int], line: int, offer: int) -> int:
    return rooms.get(
        (problem.offers[offer].cooperative_id, problem.lines[line].delivery_day), problem.lines[line].need_g
    )


def _barrier_between(problem: Problem, line: int, offer: int) -> str | None:
    here, there = problem.lines[line], problem.offers[offer]
    distance = distance_m(here.place, there.place) if here.place and there.place else None
    return barrier(problem, here, there, distance)


def _hunger(
    problem: Problem, short: dict[int, int], left: list[int], rooms: Mapping[tuple[str, date], int]
) -> Iterator[str]:
    """Find lines that go short while an offer that may serve them has grams left."""
    for index in short:
        for offer, grams in enumerate(left):
            has = grams > 0 and _room(problem, rooms, index, offer) > 0
            if has and _barrier_between(problem, index, offer) is None:
                yield f"line {index} goes short while offer {offer} has {grams} g left"


def _crumbs(
    problem: Problem, allocation: Allocation, left: list[int], rooms: Mapping[tuple[str, date], int]
) -> Iterator[str]:
    """Find pieces below their offer's minimum lot that another offer could have brought in a full lot."""
    for piece in allocation.pieces:
        if piece.quantity_g >= problem.offers[piece.offer].minimum_lot_g:
            continue
        for offer, grams in enumerate(left):
            full_lot = problem.offers[offer].minimum_lot_g <= piece.quantity_g <= grams
            full_lot = full_lot and _room(problem, rooms, piece.line, offer) >= piece.quantity_g
            if offer != piece.offer and full_lot and _barrier_between(problem, piece.line, offer) is None:
                yield f"{piece} is below the minimum lot, offer {offer} could bring it"
