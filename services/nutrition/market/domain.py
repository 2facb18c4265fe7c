"""What buying a food in a week means for a menu: its price, whom the money reaches, and how much there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from services.nutrition.foods.domain import Food
from shared.quantities import divide

SERVING_G = 100
"""A food is priced for a dish of it once for everybody: so many g as bought a pupil. An assumption of this project."""

BELIEVABLE_TIMES = 10
"""A marginal price of more than so many times the market's, or less than that part of it, is taken for a mistake."""


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


@dataclass(frozen=True, slots=True)
class Worth:
    """What procurement says one more kilogram of a food is worth, and what its next kilogram would be."""

    price_fen_per_kg: int
    poor_permille: int
    local_permille: int
    available_g: int | None


@dataclass(frozen=True, slots=True)
class Supply:
    """What one offer has for one week; `local` when its cooperative belongs to the county itself."""

    offer_id: str
    food_code: str
    price_fen_per_kg: int
    available_g: int
    local: bool
    poor_permille: int


def share_of_week(quantity_g: int, available_from: date, available_until: date, week_start: date) -> int:
    """Return the grams of an offer that fall to a week, its days being alike: the next week's menus need food, too."""
    first, last = max(available_from, week_start), min(available_until, week_start + timedelta(days=6))
    days, of = (last - first).days + 1, (available_until - available_from).days + 1
    return quantity_g * days // of if days > 0 else 0


def quote_of_supplies(supplies: Sequence[Supply], asked_g: int, need_g: int) -> Quote | None:
    """Return what a food costs from these offers of it, None when all of it is asked for.

    What the county's menus ask for already takes the cheapest grams; the price is the mean of the next `need_g`, the
    cheapest first, or of all that is left. Shares are of what those grams cost.
    """
    left: list[tuple[Supply, int]] = []
    for supply in sorted(supplies, key=lambda one: (one.price_fen_per_kg, -one.poor_permille, one.offer_id)):
        taken = min(asked_g, supply.available_g)
        asked_g -= taken
        if supply.available_g > taken:
            left.append((supply, supply.available_g - taken))
    if not left:
        return None
    bought = spent = local = poor = 0
    for supply, grams in left:
        taken = min(max(need_g, 1) - bought, grams)
        cost = taken * supply.price_fen_per_kg
        bought, spent = bought + taken, spent + cost
        local += cost if supply.local else 0
        poor += cost * supply.poor_permille
    return Quote(
        food_code=left[0][0].food_code,
        price_fen_per_kg=divide(spent, bought),
        source=PriceSource.OFFER,
        local_permille=divide(1000 * local, spent),
        poor_permille=divide(poor, spent),
        available_g=sum(grams for _, grams in left),
    )


def quote_of_reference(food: Food) -> Quote | None:
    """Return what the licensed market supplier takes, None when nobody knows: nothing of it is local."""
    price = food.reference_price_fen_per_kg
    if price is None:
        return None
    return Quote(food.food_code, price, PriceSource.REFERENCE, local_permille=0, poor_permille=0, available_g=None)


def quote_of_worth(food: Food, worth: Worth) -> Quote | None:
    """Return what a food costs at its marginal price, None when that cannot be meant.

    Nothing is worth nothing, as somebody has to grow it; and nobody pays ten times what the market takes.
    """
    price, market = worth.price_fen_per_kg, food.reference_price_fen_per_kg
    if price <= 0:
        return None
    if market is not None and not market <= price * BELIEVABLE_TIMES <= market * BELIEVABLE_TIMES**2:
        return None
    return Quote(
        food_code=food.food_code,
        price_fen_per_kg=price,
        source=PriceSource.MARGINAL,
        local_permille=worth.local_permille,
        poor_permille=worth.poor_permille,
        available_g=worth.available_g,
    )


def quotes_of_worths(foods: Mapping[str, Food], worths: Mapping[str, Worth]) -> dict[str, Quote]:
    """Return a quote at its marginal price for each food that has a believable one."""
    quotes = {code: quote_of_worth(foods[code], worth) for code, worth in worths.items() if code in foods}
    return {code: quote for code, quote in quotes.items() if quote is not None}


def quotes_at(
    worths: Mapping[str, Worth], known: Mapping[str, Quote], foods: Mapping[str, Food]
) -> tuple[dict[str, Quote], int]:
    """Return what foods cost at marginal prices, and how many of these could not be meant.

    `known` are quotes of offers and the market; they serve where a price is missing or cannot be meant. A price alone
    does not bring a food into season: only what procurement says is left of offers, or what is on offer here, is
    offered; all else is the market's, though at the price told.
    """
    believed = quotes_of_worths(foods, worths)
    quotes = dict(known) | {code: _at_worth(quote, known.get(code)) for code, quote in believed.items()}
    return quotes, sum(code in foods for code in worths) - len(believed)


def _at_worth(quote: Quote, known: Quote | None) -> Quote:
    offered = known is not None and known.source is not PriceSource.REFERENCE
    if quote.available_g or (quote.available_g is None and offered):
        return quote
    return replace(quote, source=PriceSource.REFERENCE, available_g=None)
