"""Offers that wait for a certificate: nothing can be ordered from them; their cooperatives and schools are told why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.procurement.sourcing.columns import UNKNOWN
from services.procurement.sourcing.problem import Line, Problem
from services.procurement.sourcing.reasons.limits import OfferLimit


@dataclass(frozen=True, slots=True)
class WaitingOffer:
    """What is kept of an offer that is held back: it got nothing, and `lacks` says what would have changed that."""

    offer_id: str
    cooperative_id: str
    food_code: str
    left_g: int
    price: int
    minimum_lot_g: int
    lines: int
    demand_g: int
    lacks: str
    reason: str = OfferLimit.CERTIFICATE.value
    planned_g: int = 0
    cut: int = UNKNOWN
    worth: int = UNKNOWN
    missing_m: int = UNKNOWN
    missing_days: int = UNKNOWN


@dataclass(frozen=True, slots=True)
class Waiting:
    """Offers held back that lines of a run could have been served from, and how many there are for a demand line."""

    offers: tuple[WaitingOffer, ...]
    of_line: Mapping[str, int]


def waiting_for(problem: Problem, held: Iterable[Any]) -> Waiting:
    """Return which of the offers held back could have served lines of a problem, were it not for a certificate."""
    of_food: dict[str, list[Line]] = defaultdict(list)
    for line in problem.lines:
        if line.delivery_day >= problem.earliest_day:
            of_food[line.food_code].append(line)
    offers: list[WaitingOffer] = []
    of_line: dict[str, int] = defaultdict(int)
    for row in held:
        lines = [
            each for each in of_food[row.food_code] if row.available_from <= each.delivery_day <= row.available_until
        ]
        if not lines:
            continue
        for line in lines:
            of_line[line.demand_id] += 1
        offers.append(
            WaitingOffer(
                offer_id=row.offer_id,
                cooperative_id=row.cooperative_id,
                food_code=row.food_code,
                left_g=row.quantity_g,
                price=row.price_fen_per_kg,
                minimum_lot_g=row.minimum_lot_g,
                lines=len(lines),
                demand_g=sum(line.need_g for line in lines),
                lacks=row.lacks,
            )
        )
    return Waiting(tuple(offers), of_line)
