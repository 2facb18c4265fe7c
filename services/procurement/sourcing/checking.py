"""The checker: proves an allocation from the problem alone, knowing nothing of how it was found."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from services.procurement.sourcing.against import Against
from services.procurement.sourcing.geography import distance_m
from services.procurement.sourcing.problem import Allocation, Line, Piece, Problem, barrier

MILLI = 1000


def check(problem: Problem, allocation: Allocation) -> list[str]:
    """Return everything wrong with an allocation; an empty list proves it."""
    left = _Left(problem, allocation)
    short = {shortfall.line: shortfall.unmet_g for shortfall in allocation.shortfalls}
    faults = _breaches(problem, allocation, left)
    faults += _hunger(problem, short, left)
    faults += _crumbs(problem, allocation, left)
    return faults + list(_broken(problem, allocation, left))


def prove(problem: Problem, allocation: Allocation) -> None:
    """Prove that an allocation may be ordered: of `check` what costs no more than a look at each piece.

    That is whom a line may take from, what offers have, and every limit. Raises ArithmeticError.
    """
    if faults := _breaches(problem, allocation, _Left(problem, allocation)):
        raise ArithmeticError(f"{len(faults)} faults in an answer, the first: {faults[0]}")


def overdrawn(problem: Problem, allocation: Allocation) -> list[str]:
    """Return which limits an allocation does not keep: of offers, days, seasons, a school's money and suppliers."""
    return list(_Left(problem, allocation).overdrawn())


def _breaches(problem: Problem, allocation: Allocation, left: "_Left") -> list[str]:
    faults = []
    of_line: dict[int, int] = defaultdict(int)
    for piece in allocation.pieces:
        of_line[piece.line] += piece.quantity_g
        if piece.quantity_g <= 0:
            faults.append(f"{piece} holds nothing")
        if why := _barrier_between(problem, piece.line, piece.offer):
            faults.append(f"{piece} is from an offer that cannot serve it: {why}")
    if len({(piece.line, piece.offer) for piece in allocation.pieces}) < len(allocation.pieces):
        faults.append("a line takes from an offer twice")
    short = {shortfall.line: shortfall.unmet_g for shortfall in allocation.shortfalls}
    for index, line in enumerate(problem.lines):
        if of_line[index] + short.get(index, 0) != line.need_g:
            faults.append(f"line {index} needs {line.need_g} g, gets {of_line[index]} and misses {short.get(index, 0)}")
    return faults + list(left.overdrawn())


class _Left:
    """What an allocation leaves: of offers, of days and seasons of cooperatives, of a school's money and suppliers."""

    def __init__(self, problem: Problem, allocation: Allocation) -> None:
        self._problem = problem
        most = problem.terms.handling_g_per_day
        names = {offer.cooperative_id for offer in problem.offers}
        days = {line.delivery_day for line in problem.lines}
        self._offers = [offer.remaining_g for offer in problem.offers]
        self._days: dict[tuple[str, date], int] = {}
        if most is not None:
            handled = problem.handled_g
            self._days = {(name, day): max(0, most - handled.get((name, day), 0)) for name in names for day in days}
        self._season = {name: fen * MILLI for name, fen in problem.income_room_fen.items()}
        self._budgets = {week: fen * MILLI for week, fen in problem.budget_room_fen.items()}
        self._suppliers: dict[tuple[str, int, int], set[str]] = defaultdict(set)
        for canteen, name, day in problem.standing:
            self._suppliers[canteen, *day.isocalendar()[:2]].add(name)
        self._stood = {week: len(names) for week, names in self._suppliers.items()}
        for piece in allocation.pieces:
            line, offer = problem.lines[piece.line], problem.offers[piece.offer]
            self._offers[piece.offer] -= piece.quantity_g
            if (offer.cooperative_id, line.delivery_day) in self._days:
                self._days[offer.cooperative_id, line.delivery_day] -= piece.quantity_g
            if offer.cooperative_id in self._season:
                self._season[offer.cooperative_id] -= piece.quantity_g * offer.price_fen_per_kg
            if line.school_week in self._budgets:
                self._budgets[line.school_week] -= piece.quantity_g * offer.price_fen_per_kg
            self._suppliers[_week(line)].add(offer.cooperative_id)

    def overdrawn(self) -> Iterator[str]:
        """Find limits that are not kept."""
        for index, grams in enumerate(self._offers):
            if grams < 0:
                yield f"offer {index} gives {-grams} g more than it has"
        for (name, day), grams in self._days.items():
            if grams < 0:
                yield f"{name} has {-grams} g too much on {day}"
        for name, milli in self._season.items():
            if milli < 0:
                yield f"{name} earns {-milli / MILLI} fen more in the season than it may"
        for (school, monday), milli in self._budgets.items():
            if milli < 0:
                yield f"{school} would pay {-milli / MILLI} fen more than it has for the week of {monday}"
        most = self._problem.terms.suppliers_per_week
        for week, names in self._suppliers.items():
            if most is not None and len(names) > max(most, self._stood.get(week, 0)):
                yield f"{week[0]} has {len(names)} suppliers in a week"

    def room_g(self, index: int, place: int) -> int:
        """Return what the line could take more from the offer, both by their places."""
        line, offer = self._problem.lines[index], self._problem.offers[place]
        grams = min(line.need_g, self._offers[place])
        grams = min(grams, self._days.get((offer.cooperative_id, line.delivery_day), grams))
        if offer.cooperative_id in self._season:
            grams = min(grams, self._season[offer.cooperative_id] // offer.price_fen_per_kg)
        if line.school_week in self._budgets:
            grams = min(grams, self._budgets[line.school_week] // offer.price_fen_per_kg)
        most, suppliers = self._problem.terms.suppliers_per_week, self._suppliers[_week(line)]
        if most is not None and offer.cooperative_id not in suppliers and len(suppliers) >= most:
            return 0
        return 0 if _barrier_between(self._problem, index, place) else grams


def _week(line: Line) -> tuple[str, int, int]:
    return (line.canteen_id, *line.delivery_day.isocalendar()[:2])


def _barrier_between(problem: Problem, line: int, offer: int) -> Against | None:
    here, there = problem.lines[line], problem.offers[offer]
    distance = distance_m(here.place, there.place) if here.place and there.place else None
    return barrier(problem, here, there, distance)


def _hunger(problem: Problem, short: dict[int, int], left: _Left) -> Iterator[str]:
    """Find lines that go short while an offer that may serve them has grams left."""
    for index in short:
        for offer in range(len(problem.offers)):
            if (grams := left.room_g(index, offer)) > 0:
                yield f"line {index} goes short while offer {offer} has {grams} g left"


def _crumbs(problem: Problem, allocation: Allocation, left: _Left) -> Iterator[str]:
    """Find pieces below their offer's minimum lot that another offer could have brought in a full lot."""
    for piece in allocation.pieces:
        if piece.quantity_g >= problem.offers[piece.offer].minimum_lot_g:
            continue
        for place, offer in enumerate(problem.offers):
            full_lot = offer.minimum_lot_g <= piece.quantity_g <= left.room_g(piece.line, place)
            if place != piece.offer and full_lot:
                yield f"{piece} is below the minimum lot, offer {place} could bring it"


def _broken(problem: Problem, allocation: Allocation, left: _Left) -> Iterator[str]:
    """Find pieces that break a pack although another of the line, loose or broken too, could take what is over."""
    if not problem.terms.whole_packs:
        return
    over = {(piece.line, piece.offer): _over(problem, piece.offer, piece.quantity_g) for piece in allocation.pieces}
    of_line: dict[int, list[Piece]] = defaultdict(list)
    for piece in allocation.pieces:
        of_line[piece.line].append(piece)
    for piece, other in ((one, other) for one in allocation.pieces for other in of_line[one.line]):
        if piece.offer == other.offer:
            continue
        grams, rest = over[piece.line, piece.offer], piece.quantity_g - over[piece.line, piece.offer]
        takes = not problem.offers[other.offer].pack_g or over[other.line, other.offer] > 0
        full_lot = not rest or rest >= problem.offers[piece.offer].minimum_lot_g
        if takes and full_lot and 0 < grams <= left.room_g(other.line, other.offer):
            yield f"{piece} breaks a pack, offer {other.offer} could take what is over"


def _over(problem: Problem, offer: int, grams: int) -> int:
    pack = problem.offers[offer].pack_g
    return grams % pack if pack else 0
