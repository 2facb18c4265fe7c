"""What a county's week can be fed from: its own offers, and the market for all else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.procurement.sourcing.problem import Offer

Need = tuple[str, int]
"""A food, and a number for those days of the week on which the same offers can bring it."""
NOBODY_TIMES = 3
"""What has no price on the market is reckoned at so many times its dearest offer where the offers are used up."""
BELIEVABLE_TIMES = 10
"""A price below the market's by more than this is not believed by whoever plans menus."""
KG = 1000
PERMILLE = 1000


@dataclass(frozen=True, slots=True)
class Supply:
    """What can be bought of one food for some of its needs: an offer, or the market without limit (infinite `kg`).

    Prices are fen per kg. `poor` is the share of it that reaches poor households, `favour` what that counts by their
    priority; neither is known of the market's.
    """

    needs: tuple[Need, ...]
    price: float
    kg: float = float("inf")
    poor: float = 0.0
    favour: float = 0.0

    @property
    def food_code(self) -> str:
        """What it is."""
        return self.needs[0][0]

    @property
    def offered(self) -> bool:
        """Whether a cooperative has it."""
        return self.kg < float("inf")

    def worth(self, premium: float) -> float:
        """What a kg costs when each fen that reaches poor households is held worth `premium` fen."""
        return self.price * (1 - premium * self.favour)


@dataclass(frozen=True, slots=True)
class Market:
    """All supplies of a week, and which need a food of a day is."""

    supplies: tuple[Supply, ...]
    need_of: Mapping[tuple[str, date], Need]


def market_of(
    offers: Iterable[Offer], reference: Mapping[str, int | None], days: Sequence[date], earliest_day: date
) -> Market:
    """Return the market of a week's days; `reference` is what the market takes for the foods that are wanted.

    An offer brings its food on the days it is fresh and can still be ordered for. Days that the same offers can serve
    are one need: most foods have one or two a week.
    """
    by_food: dict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        if offer.food_code in reference and offer.remaining_g > 0:
            by_food[offer.food_code].append(offer)
    supplies, need_of = list[Supply](), dict[tuple[str, date], Need]()
    for code in sorted(reference):
        serving = [_serving(by_food[code], day, earliest_day) for day in days]
        numbers = {which: number for number, which in enumerate(dict.fromkeys(serving))}
        needs = tuple((code, number) for number in numbers.values())
        for place, offer in enumerate(by_food[code]):
            if mine := tuple((code, number) for which, number in numbers.items() if place in which):
                supplies.append(_of(offer, mine))
        price = reference[code]
        if price is None and by_food[code]:
            price = NOBODY_TIMES * max(offer.price_fen_per_kg for offer in by_food[code])
        if price is not None:
            supplies.append(Supply(needs, price))
            need_of |= {(code, day): (code, numbers[which]) for day, which in zip(days, serving, strict=True)}
    return Market(tuple(supplies), need_of)


def _serving(offers: Sequence[Offer], day: date, earliest_day: date) -> frozenset[int]:
    return frozenset(
        place for place, offer in enumerate(offers) if max(offer.first_day, earliest_day) <= day <= offer.last_day
    )


def _of(offer: Offer, needs: tuple[Need, ...]) -> Supply:
    poor = offer.poor_share_permille / PERMILLE
    favour = poor * offer.priority_permille / PERMILLE
    return Supply(needs, offer.price_fen_per_kg, offer.remaining_g / KG, poor, favour)


def ranges_of(supplies: Iterable[Supply], premium: float) -> dict[str, tuple[float, float]]:
    """Return between what a kg of each food can be worth: its cheapest offer, and the market."""
    worths: dict[str, list[float]] = defaultdict(list)
    market: dict[str, float] = {}
    for one in supplies:
        worths[one.food_code].append(one.worth(premium))
        if not one.offered:
            market[one.food_code] = one.price
    return {
        code: (min(high, max(min(of_food), high / BELIEVABLE_TIMES, 1.0)), high)
        for code, of_food in worths.items()
        for high in (market[code],)
    }
