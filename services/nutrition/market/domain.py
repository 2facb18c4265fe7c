"""What buying a food in a week means for a menu."""

from dataclasses import dataclass
from enum import StrEnum


class PriceSource(StrEnum):
    """Where a price comes from, the better first."""

    MARGINAL = "marginal"
    OFFER = "offer"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Quote:
    """What one food costs one county in one week.

    `price_fen_per_kg` is as bought. Of what is spent, `local_permille` goes to cooperatives of the own county and
    `poor_permille` is expected to reach poor households. `available_g` is what is offered and not yet asked for in
    the county that week, None where nobody limits it (the licensed market supplier).
    """

    food_code: str
    price_fen_per_kg: int
    source: PriceSource
    local_permille: int
    poor_permille: int
    available_g: int | None
