"""What cooperatives can deliver: sized from the demand of the templates, with a few foods deliberately short."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.generator.dice import Dice, share
from services.generator.farms import SMALL_WEIGHT, Cooperative
from services.generator.geography import County
from services.generator.reference import Food, Reference

WEEKS = 3

# Percent of the expected demand; a week without any shortage would not look like a programme.
PLENTY_PERCENT = 125
SHORT_PERCENT_FROM, SHORT_PERCENT_TO = 70, 90
SHORT_FOODS = 4

# A food that keeps this long is laid in for the winter; one below this part of the demand is a spice.
KEEPS_DAYS = 60
SPICE_PART = 500

# Prices stay within 12 % of the reference; small cooperatives sell up to 4 points dearer than large ones.
PRICE_SPAN_PERCENT = 12
SMALL_SURCHARGE_PERCENT = 4

LOT_STEP_G = 100
MINIMUM_LOTS_G = (500, 1_000, 2_000, 5_000)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a cooperative can deliver of a food in a week: g in all, price in fen per kg as bought."""

    food_code: str
    available_from: date
    available_until: date
    quantity_g: int
    price_fen_per_kg: int
    shelf_life_days: int
    minimum_lot_g: int


class Supply:
    """Shares each food's supply among its growers; growers must come in the order in which they were counted."""

    def __init__(self, reference: Reference, county: County, demand_g: dict[str, int], week: date, seed: int) -> None:
        self._foods = reference.foods
        self._seed = seed
        self._county = county
        self._week = week
        self._supply_g = {
            code: demand_g[code] * percent // 100
            for code, percent in supply_percent(reference.foods, county, demand_g, week, seed).items()
        }
        self._weights: Counter[str] = Counter()
        self._before: Counter[str] = Counter()

    def count(self, cooperative: Cooperative) -> None:
        for code in cooperative.products:
            self._weights[code] += cooperative.weight

    def offers_of(self, cooperative: Cooperative) -> Iterator[Offer]:
        """One offer a food and week, in the order of food codes."""
        for code in sorted(cooperative.products):
            grams = share(self._supply_g[code], self._before[code], cooperative.weight, self._weights[code])
            self._before[code] += cooperative.weight
            dice = Dice(self._seed, "offer", cooperative.cooperative_id, code)
            level, lot_g = _price_level(dice, cooperative), dice.pick(MINIMUM_LOTS_G)
            for week in range(WEEKS):
                percent = max(-PRICE_SPAN_PERCENT, min(PRICE_SPAN_PERCENT, level + dice.between(-2, 2)))
                yield self._offer(self._foods[code], week, grams, percent, lot_g)

    def _offer(self, food: Food, week: int, grams: int, percent: int, lot_g: int) -> Offer:
        quantity = max(LOT_STEP_G, (grams + LOT_STEP_G // 2) // LOT_STEP_G * LOT_STEP_G)
        monday = self._week + timedelta(weeks=week)
        return Offer(
            food_code=food.code,
            available_from=monday,
            available_until=monday + timedelta(days=6),
            quantity_g=quantity,
            price_fen_per_kg=food.price_fen_per_kg * (100 + percent) // 100,
            shelf_life_days=food.shelf_life_days,
            minimum_lot_g=min(quantity, lot_g),
        )


def supply_percent(
    foods: dict[str, Food], county: County, demand_g: dict[str, int], week: date, seed: int
) -> dict[str, int]:
    """Supply of each food in percent of its demand.

    Short are first the foods out of season, then others by chance; never what keeps for months or is a mere spice.
    """
    dice = Dice(seed, "short", county.code)
    total_g = sum(demand_g.values())

    def unlikely(code: str) -> tuple[bool, bool, float]:
        unfit = foods[code].shelf_life_days > KEEPS_DAYS or demand_g[code] * SPICE_PART < total_g
        return unfit, foods[code].in_season(month_of(week)), dice.fraction()

    order = sorted(demand_g, key=unlikely)
    short = {code: dice.between(SHORT_PERCENT_FROM, SHORT_PERCENT_TO) for code in order[:SHORT_FOODS]}
    return {code: short.get(code, PLENTY_PERCENT) for code in demand_g}


def month_of(week: date) -> int:
    """The month most of a school week lies in: Thursday's."""
    return (week + timedelta(days=3)).month


def _price_level(dice: Dice, cooperative: Cooperative) -> int:
    level = dice.between(-PRICE_SPAN_PERCENT, PRICE_SPAN_PERCENT - SMALL_SURCHARGE_PERCENT)
    return level + SMALL_SURCHARGE_PERCENT if cooperative.weight < SMALL_WEIGHT else level
