"""Made markets for the benchmarks of sourcing: columns from a seed, nothing of any county.

Needs are log-normal, prices within 12 % of a food's, shares of poor households between 10 and 95 %, supply a quarter
above need, places in a square of a county's size. Who offers a food is drawn; everybody is within reach.
"""

from typing import Any

import numpy as np

from services.procurement.sourcing.columns import UNKNOWN, Columns, Integers
from services.procurement.sourcing.problem import Terms

DAY = 740_000
SPREAD, SUPPLY = 0.12, 1.25
SIDE_DEGREES = 0.6


def made_market(
    seed: int, schools: int, foods: int, cooperatives: int, offers_a_food: int, terms: Terms, **more: Any
) -> Columns:
    """Return a week's market: each school needs each food once, each food has so many offers; `more` are columns."""
    luck = np.random.default_rng(seed)
    food, school = np.tile(np.arange(foods), schools), np.repeat(np.arange(schools), foods)
    size = luck.lognormal(0.0, 0.7, schools)
    need = np.maximum(50, size[school] * luck.lognormal(8.5, 0.6, foods)[food] * luck.uniform(0.7, 1.3, len(food)))
    usual = luck.lognormal(6.4, 0.7, foods)
    offer_food = np.repeat(np.arange(foods), offers_a_food)
    cooperative = np.concatenate([luck.permutation(cooperatives)[:offers_a_food] for _ in range(foods)])
    part = luck.uniform(0.2, 1.8, len(offer_food))
    wanted = np.bincount(food, weights=need)
    left = SUPPLY * wanted[offer_food] * part / np.bincount(offer_food, weights=part)[offer_food]
    corner = np.array([28.0, 109.0])
    homes = corner + luck.uniform(0, SIDE_DEGREES, (cooperatives, 2))
    fields: dict[str, Any] = {
        "food": food,
        "school": school,
        "day": np.full(len(food), DAY),
        "county": np.zeros(len(food), np.int64),
        "need_g": need.astype(np.int64),
        "place": (corner + luck.uniform(0, SIDE_DEGREES, (schools, 2)))[school],
        "offer_food": offer_food,
        "offer_county": np.zeros(len(offer_food), np.int64),
        "offer_from": np.full(len(offer_food), DAY),
        "offer_until": np.full(len(offer_food), DAY),
        "left_g": left.astype(np.int64) + 1,
        "lot_g": np.zeros(len(offer_food), np.int64),
        "price": np.maximum(1, usual[offer_food] * luck.uniform(1 - SPREAD, 1 + SPREAD, len(offer_food))).astype(int),
        "poor_permille": luck.integers(100, 951, cooperatives)[cooperative],
        "priority_permille": np.full(len(offer_food), 1000),
        "cooperative": cooperative,
        "offer_place": homes[cooperative],
        "excluded": np.zeros(0, np.int64),
        "earliest_day": DAY,
        "foods": foods,
        "day_room_g": unlimited(cooperatives),
        "income_room_fen": unlimited(cooperatives),
        "terms": terms,
    }
    return Columns(**fields | more)


def unlimited(cooperatives: int) -> Integers:
    """Return room without limit."""
    return np.full(cooperatives, UNKNOWN, np.int64)
