"""Prices that lie far from what the market says: kept, shown and asked about, but not used until a person confirms.

Robust, so that the outliers themselves do not decide what is normal: a price is compared with the median of the food's
prices of the last four weeks in its region and the neighbouring ones (those of the same province), in units of
their median absolute deviation (Iglewicz and Hoaglin, 1993: modified z-score above 3.5).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from statistics import median

from services.procurement.prices.domain import Price
from shared.quantities import divide

COMPARED = timedelta(days=28)
FEWEST = 5
"""Fewer prices than this say nothing of what is normal."""
MOST_DEVIATIONS_PERMILLE = 3500
LEAST_SPREAD_PERMILLE = 50
"""Prices that all agree still leave a price this much room: 5 % of the median (project assumption)."""
NORMAL_PER_MAD_PERMILLE = 1483
"""A normal distribution's standard deviation is 1.483 median absolute deviations."""


def is_outlier(price_fen_per_kg: int, others: Sequence[int]) -> bool:
    """Whether a price lies further from the median of the others than 3.5 of their robust standard deviations.

    >>> is_outlier(2000, [200, 210, 190, 205, 220]), is_outlier(230, [200, 210, 190, 205, 220]), is_outlier(9, [1, 2])
    (True, False, False)
    """
    if len(others) < FEWEST:
        return False
    middle = median(others)
    spread = median(abs(other - middle) for other in others) * NORMAL_PER_MAD_PERMILLE
    room = max(spread, middle * LEAST_SPREAD_PERMILLE)
    return abs(price_fen_per_kg - middle) * 1000 > divide(round(room * MOST_DEVIATIONS_PERMILLE), 1000)


def judged(said: Collection[Price], known: Iterable[Price]) -> list[Price]:
    """Return prices as they are taken: held where they are outliers among those known and those said beside them."""
    market: dict[tuple[str, str], dict[tuple[str, str, object], Price]] = defaultdict(dict)
    for price in (*known, *said):
        market[price.food_code, price.region_code[:2]][price.place] = price
    return [replace(price, held=is_outlier(price.price_fen_per_kg, _others(price, market))) for price in said]


def _others(price: Price, market: dict[tuple[str, str], dict[tuple[str, str, object], Price]]) -> list[int]:
    near = market[price.food_code, price.region_code[:2]].values()
    return [
        other.price_fen_per_kg
        for other in near
        if other.place != price.place and price.day - COMPARED < other.day <= price.day
    ]
