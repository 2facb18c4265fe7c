"""What a food costs where contracts deliver it, and how they rank beside offers."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nutrition.market.domain import (
    Due,
    PriceSource,
    Supply,
    contract_price,
    quote_of_supplies,
    supply_of_due,
)
from tests.unit.nutrition.test_quotes import KG, a_food, a_supply

DUE = Due(
    contract_id="contract-1",
    cooperative_id="coop-1",
    food_code="cabbage",
    delivers_g=300 * KG,
    offered_g=0,
    remaining_g=900 * KG,
    price_fen_per_kg=180,
    difference_permille=None,
    floor_at_market_mean=False,
    local=True,
    poor_permille=500,
)


def under_contract(price: int, kg: int, poor: int = 0) -> Supply:
    """A week's delivery of cabbage that is still to be offered."""
    return replace(a_supply(price, kg, poor=poor), source=PriceSource.CONTRACT)


@pytest.mark.parametrize(
    ("rule", "reference", "price"),
    [
        ({"price_fen_per_kg": 180}, 200, 180),
        ({"price_fen_per_kg": 180}, None, 180),
        ({"price_fen_per_kg": 180, "floor_at_market_mean": True}, 200, 200),
        ({"price_fen_per_kg": 180, "floor_at_market_mean": True}, None, 180),
        ({"price_fen_per_kg": None, "difference_permille": -50}, 200, 190),
        ({"price_fen_per_kg": None, "difference_permille": 25}, 201, 206),
        ({"price_fen_per_kg": None, "difference_permille": -50, "floor_at_market_mean": True}, 200, 200),
        ({"price_fen_per_kg": None, "difference_permille": 0}, None, None),
    ],
    ids=str,
)
def test_a_contract_pays_by_its_rule(rule: dict[str, int | None], reference: int | None, price: int | None) -> None:
    """Fixed, or by the reference price known here; the floor lifts to that; by an unknown one there is no price."""
    assert contract_price(replace(DUE, **rule), reference) == price  # type: ignore[arg-type]


def test_only_what_is_not_on_offer_yet_is_still_to_come() -> None:
    """Offers under a contract fill its week; what may not be offered any more does not come."""
    grams = [(0, 900), (100, 900), (0, 250), (100, 150), (300, 900), (400, 900), (0, 0)]
    dues = [replace(DUE, offered_g=offered * KG, remaining_g=left * KG) for offered, left in grams]
    assert [due.to_come_g // KG for due in dues] == [300, 200, 250, 150, 0, 0, 0]
    supplies = [supply_of_due(due, a_food("cabbage", 400)) for due in dues]
    assert [supply is not None for supply in supplies] == [due.to_come_g > 0 for due in dues]


def test_the_cheaper_goes_first_whichever_it_is() -> None:
    """A contract below the offers sets the price, one above them waits until they are taken."""
    offer = a_supply(200, 100)
    cheap = quote_of_supplies([offer, under_contract(150, 100)], 0, 100 * KG)
    dear = quote_of_supplies([offer, under_contract(250, 100)], 0, 100 * KG)
    later = quote_of_supplies([offer, under_contract(250, 100)], 100 * KG, 100 * KG)
    assert cheap is not None
    assert dear is not None
    assert later is not None
    quotes = [(quote.price_fen_per_kg, quote.source, quote.available_g) for quote in (cheap, dear, later)]
    assert quotes == [
        (150, PriceSource.CONTRACT, 200 * KG),
        (200, PriceSource.OFFER, 200 * KG),
        (250, PriceSource.CONTRACT, 100 * KG),
    ]


def test_at_one_price_what_is_there_goes_before_what_is_promised() -> None:
    """Grams on offer can be ordered today, however many poor households a contract would reach."""
    quote = quote_of_supplies([under_contract(200, 100, poor=1000), a_supply(200, 100, poor=100)], 0, 100 * KG)
    assert quote is not None
    assert (quote.source, quote.poor_permille) == (PriceSource.OFFER, 100)


def test_the_source_is_where_most_of_the_grams_come_from() -> None:
    """Of 100 kg, 51 from a contract make it one of contracts; half and half is one of offers."""
    for kg, source in ((51, PriceSource.CONTRACT), (50, PriceSource.OFFER)):
        quote = quote_of_supplies([under_contract(100, kg), a_supply(200, 100)], 0, 100 * KG)
        assert quote is not None
        assert quote.source is source
        assert quote.price_fen_per_kg == 200 - kg


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 500), st.integers(1, 50)), max_size=8), st.integers(0, 200))
def test_contracts_change_no_price_that_offers_alone_would_have(parts: list[tuple[bool, int, int]], asked: int) -> None:
    """Price, shares and grams are those of the same supplies were they all offers; only the source may differ."""
    mixed = [
        replace(a_supply(price, kg, name=str(at)), source=PriceSource.CONTRACT if due else PriceSource.OFFER)
        for at, (due, price, kg) in enumerate(parts)
    ]
    offers = [replace(one, source=PriceSource.OFFER) for one in mixed]
    quote, plain = quote_of_supplies(mixed, asked * KG, 60 * KG), quote_of_supplies(offers, asked * KG, 60 * KG)
    if quote is None or plain is None:
        assert quote is plain
    else:
        assert replace(quote, source=PriceSource.OFFER) == plain
