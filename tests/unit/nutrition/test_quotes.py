"""What a food costs from the offers of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nutrition.foods.domain import Food
from services.nutrition.market.domain import (
    PriceSource,
    Quote,
    Supply,
    Worth,
    quote_of_reference,
    quote_of_supplies,
    quote_of_worth,
    quotes_of_worths,
    share_of_week,
)
from shared.fields import TemperatureClass

MONDAY = date(2026, 11, 30)
KG = 1_000


def a_supply(price: int, kg: int, *, poor: int = 0, local: bool = True, name: str = "") -> Supply:
    """An offer of cabbage."""
    return Supply(name or f"off-{price}", "cabbage", price, kg * KG, local, poor)


supplies = st.lists(
    st.builds(
        Supply,
        offer_id=st.uuids().map(str),
        food_code=st.just("cabbage"),
        price_fen_per_kg=st.integers(1, 10_000_000),
        available_g=st.integers(0, 10**9),
        local=st.booleans(),
        poor_permille=st.integers(0, 1000),
    ),
    max_size=8,
)


def test_the_cheapest_that_cover_the_need_set_the_price() -> None:
    """100 kg at 200 and 100 of 300 kg at 400 cost 300 a kg; the dear offer nobody needs says nothing."""
    quote = quote_of_supplies([a_supply(900, 50), a_supply(400, 300), a_supply(200, 100)], 0, 200 * KG)
    assert quote is not None
    assert (quote.price_fen_per_kg, quote.available_g, quote.source) == (300, 450 * KG, PriceSource.OFFER)


def test_what_is_asked_for_already_takes_the_cheapest() -> None:
    """Menus published before leave the dearer grams; when they leave none there is no quote."""
    offers = [a_supply(200, 100), a_supply(400, 100)]
    quote = quote_of_supplies(offers, 150 * KG, 50 * KG)
    assert quote is not None
    assert (quote.price_fen_per_kg, quote.available_g) == (400, 50 * KG)
    assert quote_of_supplies(offers, 200 * KG, 50 * KG) is None
    assert quote_of_supplies([], 0, 50 * KG) is None


def test_shares_are_of_what_is_spent() -> None:
    """A quarter of the money (100 of 400) goes to the own county, and a tenth of the rest to poor households there."""
    offers = [a_supply(100, 1, poor=1000), a_supply(300, 1, poor=100, local=False)]
    quote = quote_of_supplies(offers, 0, 2 * KG)
    assert quote is not None
    assert (quote.price_fen_per_kg, quote.local_permille, quote.poor_permille) == (200, 250, 325)


@given(supplies, st.integers(0, 10**10), st.integers(0, 10**10))
def test_a_quote_lies_within_its_offers(offers: list[Supply], asked_g: int, need_g: int) -> None:
    """Whatever is offered, asked and needed: grams are conserved, price and shares lie between those of the offers."""
    quote = quote_of_supplies(offers, asked_g, need_g)
    left = sum(one.available_g for one in offers) - asked_g
    assert (quote is None) == (left <= 0)
    if quote is not None:
        assert quote.available_g == left
        prices = [one.price_fen_per_kg for one in offers if one.available_g]
        assert min(prices) <= quote.price_fen_per_kg <= max(prices)
        assert 0 <= quote.local_permille <= 1000
        assert 0 <= quote.poor_permille <= max(one.poor_permille for one in offers if one.available_g)


@given(supplies, st.integers(0, 10**10), st.integers(0, 10**9), st.integers(0, 10**9))
def test_needing_more_is_never_cheaper(offers: list[Supply], asked_g: int, need_g: int, more_g: int) -> None:
    """The mean of the cheapest grams rises with how many are needed."""
    less, more = (quote_of_supplies(offers, asked_g, need) for need in (need_g, need_g + more_g))
    if less is not None and more is not None:
        assert less.price_fen_per_kg <= more.price_fen_per_kg


@given(st.integers(0, 10**9), st.integers(-40, 40), st.integers(0, 60))
def test_the_weeks_of_an_offer_share_it(quantity_g: int, start: int, days: int) -> None:
    """The shares of all weeks make at most the offer, and at most a gram a week is lost in rounding."""
    first = MONDAY + timedelta(days=start)
    last = first + timedelta(days=days)
    weeks = [MONDAY + timedelta(weeks=week) for week in range(-7, 16)]
    shares = [share_of_week(quantity_g, first, last, week) for week in weeks]
    touched = sum(1 for week in weeks if first <= week + timedelta(days=6) and last >= week)
    assert quantity_g - touched <= sum(shares) <= quantity_g
    assert sum(1 for share in shares if share) <= touched


def test_an_offer_of_two_weeks_is_there_in_both() -> None:
    """A fortnight's 14 t are 7 t in either week, and nothing in the third."""
    until = MONDAY + timedelta(days=13)
    weeks = [MONDAY + timedelta(weeks=week) for week in range(3)]
    assert [share_of_week(14_000, MONDAY, until, week) for week in weeks] == [7_000, 7_000, 0]


def a_food(code: str = "cabbage", market: int | None = 400) -> Food:
    """A food the market supplier sells at `market` fen a kg."""
    return Food(
        food_code=code,
        food_group="vegetable",
        edible_permille=850,
        temperature_class=TemperatureClass.AMBIENT,
        shelf_life_days=10,
        farmed=True,
        canteen_ban=False,
        allergens=frozenset(),
        dark_vegetable=None,
        season=None,
        reference_price_fen_per_kg=market,
        composition={},
    )


@pytest.mark.parametrize(
    ("price", "market", "believed"),
    [
        (0, 400, False),
        (0, None, False),
        (39, 400, False),
        (40, 400, True),
        (4000, 400, True),
        (4001, 400, False),
        (1, None, True),
        (10_000_000, None, True),
    ],
)
def test_a_marginal_price_is_believed_within_reason(price: int, market: int | None, believed: bool) -> None:
    """Nothing is worth nothing, and nobody pays ten times the market's price, nor gets it for a tenth."""
    quote = quote_of_worth(a_food(market=market), Worth(price, 300, 900, None))
    assert (quote is not None) == believed
    assert quote is None or (quote.price_fen_per_kg, quote.source) == (price, PriceSource.MARGINAL)


def test_prices_of_foods_nobody_knows_are_passed_over() -> None:
    """A price list may name foods that are no foods here, and leave out foods that are."""
    foods = {code: a_food(code) for code in ("cabbage", "rice")}
    worths = {"cabbage": Worth(500, 0, 0, 7), "unicorn": Worth(500, 0, 0, 7)}
    assert quotes_of_worths(foods, worths) == {"cabbage": Quote("cabbage", 500, PriceSource.MARGINAL, 0, 0, 7)}


def test_reference_prices() -> None:
    """The market supplier's food is neither local nor limited; without a price there is no quote."""
    assert quote_of_reference(a_food()) == Quote("cabbage", 400, PriceSource.REFERENCE, 0, 0, None)
    assert quote_of_reference(a_food(market=None)) is None
