"""Fictional cooperatives and households: who grows what, how much of the supply is theirs, and who counts as poor."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.generator.canteens import fictional_word
from services.generator.dice import Dice, even, share
from services.generator.geography import County, Town, near
from services.generator.reference import Food, Reference

# Over 100,000 households sold to 6.2 M diners (CNR 2018-12): about 20 households for 1,000 pupils.
HOUSEHOLDS_PER_1000_PUPILS = 20

# Poor households sold 65 % by weight (CNR 2018-12); cooperatives differ, so that reaching them is a choice.
POOR_PERCENT_FROM, POOR_PERCENT_TO = 35, 95

PRODUCTS_FROM, PRODUCTS_TO = 12, 24

# Below this weight (of 4 to 30) a cooperative is small, and sells a little dearer.
SMALL_WEIGHT = 12

GROUPS = (("none", 50), ("ethnic_minority", 25), ("women", 15), ("resettled", 10))

# Neighbours in this order suit one farm, so that a cooperative's products belong together.
GROUP_ORDER = (
    "vegetable",
    "fungi_algae",
    "tuber",
    "cereal",
    "mixed_bean",
    "soy",
    "nut",
    "oil",
    "condiment",
    "fruit",
    "egg",
    "meat",
    "fish",
)
TRADES = {
    "vegetable": ("蔬菜种植", "Vegetable"),
    "fungi_algae": ("食用菌", "Mushroom"),
    "tuber": ("薯类种植", "Potato"),
    "fruit": ("果业", "Fruit"),
    "egg": ("畜禽养殖", "Livestock"),
    "meat": ("畜禽养殖", "Livestock"),
    "fish": ("生态养殖", "Fish and Livestock"),
}
MEAT = "meat"
GRAIN = ("粮油", "Grain and Oil")

SOURCE = "fictional registry extract"
REGISTRY_START = date(2014, 1, 1)


@dataclass(frozen=True, slots=True)
class Cooperative:
    """`weight` is its size beside the county's others; `poor_percent` of its households count as poor today.

    `poor_offset` is the county's start in the even sequence that says which ones.
    """

    cooperative_id: str
    number: int
    products: tuple[str, ...]
    weight: int
    poor_percent: int
    poor_offset: float


def cooperatives_of(reference: Reference, county: County, offered: list[str], seed: int) -> Iterator[Cooperative]:
    """Each takes the next 12 to 24 of the county's foods in turn, so every food has several growers."""
    ordered = _by_trade(reference.foods, offered)
    start = Dice(seed, "poverty", county.code)
    offset, poor_offset = start.fraction(), start.fraction()
    place = Dice(seed, "products", county.code).between(0, len(ordered) - 1) if ordered else 0
    for number in range(1, county.cooperatives + 1):
        cooperative_id = f"coop-{county.code}-{number:03d}"
        dice = Dice(seed, cooperative_id, "farm")
        count = min(dice.between(PRODUCTS_FROM, PRODUCTS_TO), len(ordered))
        span = POOR_PERCENT_TO - POOR_PERCENT_FROM
        yield Cooperative(
            cooperative_id=cooperative_id,
            number=number,
            products=tuple(ordered[(place + step) % len(ordered)] for step in range(count)),
            weight=dice.between(4, 30),
            poor_percent=POOR_PERCENT_FROM + int(span * even(offset, number) + 0.5),
            poor_offset=poor_offset,
        )
        place += count


def _by_trade(foods: dict[str, Food], offered: list[str]) -> list[str]:
    return sorted(offered, key=lambda code: (GROUP_ORDER.index(foods[code].group), code))


def described(
    reference: Reference, county: County, cooperative: Cooperative, seed: int
) -> tuple[str, str, Town, float, float, str]:
    """Its names, town, place and priority group, in the order of the file's columns."""
    dice = Dice(seed, cooperative.cooperative_id, "place")
    town = dice.pick(county.towns)
    lat, lon = near(dice, town, county.spread_m)
    word_zh, word_en = fictional_word(cooperative.number + 128)
    group = reference.foods[cooperative.products[0]].group if cooperative.products else ""
    trade_zh, trade_en = TRADES.get(group, GRAIN)
    return (
        f"{town.name_zh}{word_zh}{trade_zh}专业合作社（虚构）",
        f"{town.name_en} {word_en} {trade_en} Cooperative (fictional)",
        town,
        lat,
        lon,
        dice.pick_weighted(GROUPS),
    )


def certificates_of(
    reference: Reference, county: County, cooperative: Cooperative, week: date, seed: int
) -> Iterator[tuple[str, str, str, date, date, tuple[str, ...]]]:
    """Its certificates as (kind, number, issuer, from, until, foods); without foods one covers all it sells.

    All hold through the school year; a licence for five years, a report and a quarantine certificate for one.
    """
    dice = Dice(seed, cooperative.cooperative_id, "certificates")
    meat = tuple(code for code in sorted(cooperative.products) if reference.foods[code].group == MEAT)
    other = tuple(code for code in sorted(cooperative.products) if reference.foods[code].group != MEAT)
    authority = county.division.name_zh
    for kind, issuer, days, foods in (
        ("business_licence", "市场监督管理局", 5 * 365, ()),
        ("inspection_report", "农产品质量检验中心", 365, other),
        ("quarantine", "动物卫生监督所", 365, meat),
    ):
        issued = week - timedelta(days=dice.between(30, 120))
        if foods or kind == "business_licence":
            number = f"fict-{cooperative.cooperative_id}-{kind.replace('_', '-')}"
            yield kind, number, f"{authority}{issuer}（虚构）", issued, issued + timedelta(days=days), foods


def household_numbers(pupils: int, cooperative: Cooperative, weight_before: int, weights: int) -> range:
    """The numbers, from 1 in the county, of a cooperative's households; large cooperatives have more."""
    total = pupils * HOUSEHOLDS_PER_1000_PUPILS // 1000
    first = share(total, 0, weight_before, weights)
    return range(first + 1, first + share(total, weight_before, cooperative.weight, weights) + 1)


def statuses_of(
    county: County, cooperative: Cooperative, number: int, seed: int
) -> Iterator[tuple[str, date, date | None]]:
    """A household's history of (status, from, until); the last is open.

    Registered-poor ended in 2020; since then a household is lifted out, monitored, or was never poor.
    """
    dice = Dice(seed, "household", county.code, number)
    if even(cooperative.poor_offset, number) * 100 >= cooperative.poor_percent:
        yield from _never_registered(dice)
    elif dice.chance(8):
        yield "not_poor", REGISTRY_START, date(2022, 3, 31)
        yield "monitored", date(2022, 4, 1), None
    else:
        lifted = dice.between(2016, 2020)
        yield "registered_poor", REGISTRY_START, date(lifted - 1, 12, 31)
        yield from _lifted_out(dice, date(lifted, 1, 1))


def _never_registered(dice: Dice) -> Iterator[tuple[str, date, date | None]]:
    if dice.chance(10):
        yield "not_poor", REGISTRY_START, date(2021, 6, 30)
        yield "monitored", date(2021, 7, 1), date(2023, 6, 30)
        yield "not_poor", date(2023, 7, 1), None
    else:
        yield "not_poor", REGISTRY_START, None


def _lifted_out(dice: Dice, since: date) -> Iterator[tuple[str, date, date | None]]:
    """Some slip back under monitoring, and some of those recover."""
    course = dice.between(1, 100)
    if course > 20:
        yield "lifted_out", since, None
        return
    yield "lifted_out", since, date(2022, 5, 31)
    if course > 10:
        yield "monitored", date(2022, 6, 1), None
        return
    yield "monitored", date(2022, 6, 1), date(2024, 5, 31)
    yield "lifted_out", date(2024, 6, 1), None
