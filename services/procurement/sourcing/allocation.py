"""The sourcing algorithm: demand lines against offers. A greedy behind one function, a checker proves any answer.

Objectives in the field's order: feed the children, reach poor households, spend little, drive little. Everything here
is plain frozen data, so that it crosses to a worker process and another algorithm can stand behind the same function.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from services.procurement.sourcing.geography import Place, distance_m

PRICE_TOLERANCE_PERMILLE = 20
"""Within 2 % of the least price the poor households' share decides (project assumption)."""
REACH_M = 150_000
"""How far away an offer may be, as the crow flies (project assumption: half a day on mountain roads)."""
STOP_COST_FEN = 600
"""What a stop costs: who already delivers to the school that day may be this much dearer (project assumption)."""
_REPORT_EVERY = 256


@dataclass(frozen=True, slots=True)
class Line:
    """A demand line that needs `need_g` grams; `place` is None while the canteen's position is unknown."""

    demand_id: str
    county_code: str
    food_code: str
    delivery_day: date
    need_g: int
    place: Place | None
    canteen_id: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer with `remaining_g` grams left; `minimum_lot_g` is the least its cooperative wants to deliver at once."""

    offer_id: str
    county_code: str
    food_code: str
    available_from: date
    available_until: date
    remaining_g: int
    minimum_lot_g: int
    price_fen_per_kg: int
    poor_share_permille: int
    place: Place | None
    cooperative_id: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be matched. `excluded` holds (demand_id, offer_id); lines before `earliest_day` come too late."""

    lines: tuple[Line, ...]
    offers: tuple[Offer, ...]
    excluded: frozenset[tuple[str, str]]
    earliest_day: date
    tolerance_permille: int = PRICE_TOLERANCE_PERMILLE
    reach_m: int = REACH_M
    stop_cost_fen: int = STOP_COST_FEN


@dataclass(frozen=True, slots=True)
class Piece:
    """`quantity_g` of `lines[line]` from `offers[offer]`, which stood at `rank` (from 1) among the line's offers."""

    line: int
    offer: int
    quantity_g: int
    rank: int
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What nobody has of `lines[line]`, and why."""

    line: int
    unmet_g: int
    reason: str


@dataclass(frozen=True, slots=True)
class Allocation:
    """The answer: per line, pieces and shortfall sum to its need."""

    pieces: tuple[Piece, ...]
    shortfalls: tuple[Shortfall, ...]


def allocate(problem: Problem, report: Callable[[float], None]) -> Allocation:
    """Match lines with offers, foods that are hard to fill first; the same problem always gets the same answer.

    Per line: offers of its own county before others, then bands of about equal cost (price, and one more stop at the
    school); within a band the greatest share of poor households, then the least cost, distance, id.
    """
    market = _Market(problem)
    pieces: list[Piece] = []
    shortfalls: list[Shortfall] = []
    for done, index in enumerate(market.hard_to_fill_first()):
        if done % _REPORT_EVERY == 0:
            report(done / len(problem.lines))
        taken = market.fill(index)
        pieces += taken
        short = problem.lines[index].need_g - sum(piece.quantity_g for piece in taken)
        if short:
            shortfalls.append(Shortfall(index, short, market.why_short(index)))
    return Allocation(tuple(pieces), tuple(shortfalls))


class _Market:
    """Offers by food and day, and what is left of them while lines are filled."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._left = [offer.remaining_g for offer in problem.offers]
        self._of_food: dict[str, list[int]] = defaultdict(list)
        for index in sorted(range(len(problem.offers)), key=lambda i: problem.offers[i].price_fen_per_kg):
            if problem.offers[index].remaining_g > 0:
                self._of_food[problem.offers[index].food_code].append(index)
        self._distances: dict[tuple[Place, Place], int] = {}
        self._stops: set[tuple[str, date, str]] = set()

    def hard_to_fill_first(self) -> list[int]:
        """Return the lines' indices by how little is offered for what is needed of their food, then by day."""
        need: dict[str, int] = defaultdict(int)
        for line in self._problem.lines:
            need[line.food_code] += line.need_g
        cover = {
            food: sum(self._left[i] for i in self._of_food.get(food, ())) * 1000 // max(1, grams)
            for food, grams in need.items()
        }
        lines = self._problem.lines

        def order(index: int) -> tuple[int, str, date, str]:
            line = lines[index]
            return cover[line.food_code], line.food_code, line.delivery_day, line.demand_id

        return sorted(range(len(lines)), key=order)

    def fill(self, index: int) -> list[Piece]:
        """Take what the line needs, best offer first.

        Pieces below an offer's minimum lot are only taken for what no other offer can bring in a full lot.
        """
        need = self._problem.lines[index].need_g
        pieces: list[Piece] = []
        too_small: list[tuple[int, int]] = []
        for rank, offer in enumerate(self._ranked(index), start=1):
            quantity = min(need, self._left[offer])
            if not need:
                break
            if quantity < self._problem.offers[offer].minimum_lot_g:
                too_small.append((rank, offer))
                continue
            pieces.append(self._take(index, offer, quantity, rank))
            need -= quantity
        for rank, offer in too_small:
            quantity = min(need, self._left[offer])
            if quantity:
                pieces.append(self._take(index, offer, quantity, rank))
                need -= quantity
        return pieces

    def _take(self, index: int, offer: int, quantity_g: int, rank: int) -> Piece:
        line = self._problem.lines[index]
        self._stops.add((line.canteen_id, line.delivery_day, self._problem.offers[offer].cooperative_id))
        self._left[offer] -= quantity_g
        if not self._left[offer]:
            self._of_food[self._problem.offers[offer].food_code].remove(offer)
        return Piece(index, offer, quantity_g, rank, self._distance(index, offer))

    def _ranked(self, index: int) -> Iterator[int]:
        line, offers = self._problem.lines[index], self._problem.offers
        open_to_it = [
            offer
            for offer in self._of_food.get(line.food_code, ())
            if barrier(self._problem, line, offers[offer], self._distance(index, offer)) is None
        ]
        near = [offer for offer in open_to_it if offers[offer].county_code == line.county_code]
        far = [offer for offer in open_to_it if offers[offer].county_code != line.county_code]
        for group in (near, far):
            for band in self._bands(index, group):
                yield from sorted(band, key=lambda offer: self._preference(index, offer))

    def _bands(self, index: int, group: Iterable[int]) -> Iterator[list[int]]:
        band: list[int] = []
        ceiling = 0
        for cost, offer in sorted((self._cost(index, offer), offer) for offer in group):
            if band and cost > ceiling:
                yield band
                band = []
            if not band:
                ceiling = cost * (1000 + self._problem.tolerance_permille) // 1000
            band.append(offer)
        if band:
            yield band

    def _cost(self, index: int, offer: int) -> int:
        """Return what the whole line would cost from this offer, in thousandths of a fen."""
        line, candidate = self._problem.lines[index], self._problem.offers[offer]
        stops = (line.canteen_id, line.delivery_day, candidate.cooperative_id) in self._stops
        return candidate.price_fen_per_kg * line.need_g + (0 if stops else self._problem.stop_cost_fen * 1000)

    def _preference(self, index: int, offer: int) -> tuple[int, int, int, str]:
        candidate = self._problem.offers[offer]
        return (
            -candidate.poor_share_permille,
            self._cost(index, offer),
            self._distance(index, offer) or 0,
            candidate.offer_id,
        )

    def _distance(self, index: int, offer: int) -> int | None:
        here, there = self._problem.lines[index].place, self._problem.offers[offer].place
        if here is None or there is None:
            return None
        known = self._distances.get((here, there))
        if known is None:
            known = self._distances[(here, there)] = distance_m(here, there)
        return known

    def why_short(self, index: int) -> str:
        """Return which offers of the food there were and why none of them was left for the line."""
        line = self._problem.lines[index]
        if line.delivery_day < self._problem.earliest_day:
            return "the delivery day is too near"
        counts: dict[str, int] = defaultdict(int)
        for number, offer in enumerate(self._problem.offers):
            if offer.food_code == line.food_code:
                counts[barrier(self._problem, line, offer, self._distance(index, number)) or "used up"] += 1
        if not counts:
            return "nobody offers this food"
        listed = ", ".join(f"{count} {why}" for why, count in sorted(counts.items()))
        return f"{sum(counts.values())} offers of this food: {listed}"


def barrier(problem: Problem, line: Line, offer: Offer, distance: int | None) -> str | None:
    """Return why the line cannot be served from the offer, whatever is left of it; None when it can.

    An offer of another county must be within reach; while a position is unknown, only the own county is.
    """
    if offer.food_code != line.food_code:
        return "of another food"
    if line.delivery_day < problem.earliest_day:
        return "too late"
    if not offer.available_from <= line.delivery_day <= offer.available_until:
        return "not available that day"
    if (line.demand_id, offer.offer_id) in problem.excluded:
        return "declined before"
    if offer.county_code != line.county_code and (distance is None or distance > problem.reach_m):
        return "out of reach"
    return None


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
