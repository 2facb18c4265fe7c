"""What buying a food in a week means for a menu: its price, whom the money reaches, and how much there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from services.nutrition.foods.domain import Food
from shared.market import following
from shared.quantities import divide

SERVING_G = 100
"""A food is priced for a dish of it once for everybody: so many g as bought a pupil. An assumption of this project."""

BELIEVABLE_TIMES = 10
"""A marginal price of more than so many times the market's, or less than that part of it, is taken for a mistake."""


class PriceSource(StrEnum):
    """Where a price comes from, the better first."""

    MARGINAL = "marginal"
    OFFER = "offer"
    CONTRACT = "contract"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Quote:
    """What one food costs one county in one week.

    `price_fen_per_kg` is as bought. Of what is spent, `local_permille` goes to cooperatives of the own county and
    `poor_permille` is expected to reach poor households. `available_g` is what is offered, or due under contracts, and
    not yet asked for in the county that week, None where nobody limits it (the licensed market supplier).
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
    """What one offer, or contract, has for one week; `local` when its cooperative belongs to the county itself."""

    offer_id: str
    food_code: str
    price_fen_per_kg: int
    available_g: int
    local: bool
    poor_permille: int
    source: PriceSource = PriceSource.OFFER


@dataclass(frozen=True, slots=True)
class Due:
    """What a contract delivers in a week, and what of the week is on offer under it; `remaining_g` may still be.

    It pays `price_fen_per_kg`, or where that is None `difference_permille` above the reference price.
    """

    contract_id: str
    cooperative_id: str
    food_code: str
    delivers_g: int
    offered_g: int
    remaining_g: int
    price_fen_per_kg: int | None
    difference_permille: int | None
    floor_at_market_mean: bool
    local: bool
    poor_permille: int

    @property
    def to_come_g(self) -> int:
        """Grams of the week that are still to be offered.

        Each gram counts once: an offer under a contract stands for the week's delivery it fills, and nothing is to come
        that may not be offered any more. What earlier weeks did not deliver is not counted on.
        """
        return max(0, min(self.delivers_g - self.offered_g, self.remaining_g))


def share_of_week(quantity_g: int, available_from: date, available_until: date, week_start: date) -> int:
    """Return the grams of an offer that fall to a week, its days being alike: the next week's menus need food, too."""
    first, last = max(available_from, week_start), min(available_until, week_start + timedelta(days=6))
    days, of = (last - first).days + 1, (available_until - available_from).days + 1
    return quantity_g * days // of if days > 0 else 0


def contract_price(due: Due, reference_fen_per_kg: int | None) -> int | None:
    """Return what a contract pays in fen per kg by the reference price known here, None where it follows an unknown.

    The market mean, below which some never pay, is taken to be the reference price: only the cooperative's side keeps
    the prices of the last weeks. What is paid is fixed when it is offered.
    """
    price = due.price_fen_per_kg
    if price is None and reference_fen_per_kg is not None:
        price = following(reference_fen_per_kg, due.difference_permille or 0)
    if price is None or reference_fen_per_kg is None or not due.floor_at_market_mean:
        return price
    return max(price, reference_fen_per_kg)


def supply_of_due(due: Due, food: Food) -> Supply | None:
    """Return what a contract has for a week beyond the offers made under it, None without grams or a price."""
    price = contract_price(due, food.reference_price_fen_per_kg)
    if price is None or not due.to_come_g:
        return None
    source = PriceSource.CONTRACT
    return Supply(due.contract_id, due.food_code, price, due.to_come_g, due.local, due.poor_permille, source)


def _rank(supply: Supply) -> tuple[int, bool, int, str]:
    is_due = supply.source is PriceSource.CONTRACT
    return supply.price_fen_per_kg, is_due, -supply.poor_permille, supply.offer_id


def quote_of_supplies(supplies: Sequence[Supply], asked_g: int, need_g: int) -> Quote | None:
    """Return what a food costs from these offers and contracts of it, None when all of it is asked for.

    They are ranked by price alone, as the county buys the cheapest grams first; what somebody promised to bring goes
    after what is there at the same price, and then what reaches more poor households before the rest. What the
    county's menus ask for already takes the cheapest grams; the price is the mean of the next `need_g`, or of all that
    is left. Shares are of what those grams cost; the source is where most of them come from, an offer when in doubt.
    Grams of a contract can be ordered only when they are offered: until then they are its word.
    """
    left: list[tuple[Supply, int]] = []
    for supply in sorted(supplies, key=_rank):
        taken = min(asked_g, supply.available_g)
        asked_g -= taken
        if supply.available_g > taken:
            left.append((supply, supply.available_g - taken))
    if not left:
        return None
    bought = spent = local = poor = due = 0
    for supply, grams in left:
        taken = min(max(need_g, 1) - bought, grams)
        cost = taken * supply.price_fen_per_kg
        bought, spent = bought + taken, spent + cost
        due += taken if supply.source is PriceSource.CONTRACT else 0
        local += cost if supply.local else 0
        poor += cost * supply.poor_permille
    return Quote(
        food_code=left[0][0].food_code,
        price_fen_per_kg=divide(spent, bought),
        source=PriceSource.CONTRACT if 2 * due > bought else PriceSource.OFFER,
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

    `known` are quotes of offers, contracts and the market; they serve where a price is missing or cannot be meant. A
    price alone does not bring a food into season: only what procurement says is left of offers, or what is on offer or
    due here, is offered; all else is the market's, though at the price told.
    """
    believed = quotes_of_worths(foods, worths)
    quotes = dict(known) | {code: _at_worth(quote, known.get(code)) for code, quote in believed.items()}
    return quotes, sum(code in foods for code in worths) - len(believed)


def _at_worth(quote: Quote, known: Quote | None) -> Quote:
    offered = known is not None and known.source is not PriceSource.REFERENCE
    if quote.available_g or (quote.available_g is None and offered):
        return quote
    return replace(quote, source=PriceSource.REFERENCE, available_g=None)
