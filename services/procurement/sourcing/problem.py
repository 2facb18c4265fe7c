"""What sourcing matches and what it answers: plain frozen data, so that it crosses to a worker process."""

from dataclasses import dataclass
from datetime import date

from services.procurement.sourcing.geography import Place

PRICE_TOLERANCE_PERMILLE = 20
"""Within 2 % of the least price the poor households' share decides (project assumption)."""
REACH_M = 150_000
"""How far away an offer may be, as the crow flies (project assumption: half a day on mountain roads)."""
STOP_COST_FEN = 2000
"""What a stop costs: some twenty minutes of a van and its driver on mountain roads (project assumption)."""


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
