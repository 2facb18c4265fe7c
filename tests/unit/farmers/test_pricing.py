"""What a contract's price rule comes to."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.farmers.contracts.pricing import PriceKind, PriceRule, check_rule, market_mean, price_by
from shared.errors import DomainError
from shared.market import Reference

DAY = date(2026, 11, 30)


def seen(fen: int, days_ago: int = 0, region_code: str = "52") -> Reference:
    """A price of napa cabbage."""
    return Reference("napa_cabbage", region_code, DAY - timedelta(days=days_ago), fen, "bulletin (fictional)", True)


def follows(difference_permille: int, *, floor: bool = False) -> PriceRule:
    """A rule that follows the reference price."""
    return PriceRule(PriceKind.REFERENCE, None, difference_permille, floor)


def fixed(fen: int, *, floor: bool = False) -> PriceRule:
    """A rule of a fixed price."""
    return PriceRule(PriceKind.FIXED, fen, None, floor)


def test_a_fixed_price_stands_whatever_the_market_pays() -> None:
    """Without a floor the market is only shown beside it; nobody need know it."""
    assert price_by(fixed(154), seen(900), [seen(900)]).price_fen_per_kg == 154
    assert price_by(fixed(154), None, []).price_fen_per_kg == 154


def test_a_price_follows_the_reference_price_in_thousandths() -> None:
    """5 % below ¥2.07 is 196.65 fen, rounded half away from zero to 197; half a fen goes up; nothing is never paid."""
    assert price_by(follows(-50), seen(207), []).price_fen_per_kg == 197
    assert price_by(follows(50), seen(210), []).price_fen_per_kg == 221
    assert price_by(follows(0), seen(207), []).price_fen_per_kg == 207
    assert price_by(follows(-500), seen(1), []).price_fen_per_kg == 1


def test_no_price_lies_below_the_market_mean_where_that_is_agreed() -> None:
    """The mean of ¥2.00 and ¥2.21 is 210.5, rounded to 211; it lifts a lower price and leaves a higher one alone."""
    recent = [seen(200, 14), seen(221, 0)]
    lifted = price_by(fixed(154, floor=True), seen(221), recent)
    assert (lifted.price_fen_per_kg, lifted.mean_fen_per_kg, lifted.floored) == (211, 211, True)
    higher = price_by(follows(0, floor=True), seen(221), recent)
    assert (higher.price_fen_per_kg, higher.floored) == (221, False)
    unknown = price_by(fixed(154, floor=True), None, [])
    assert (unknown.price_fen_per_kg, unknown.mean_fen_per_kg) == (154, None)


def test_the_mean_is_that_of_the_nearest_market() -> None:
    """A county's own prices count alone; without a recent one the reference price is the mean."""
    assert market_mean(seen(300), [seen(100), seen(200, 7, "520628"), seen(204, 0, "520628")]) == 202
    assert market_mean(seen(300, 400), []) == 300


def test_a_rule_that_follows_what_nobody_published_has_no_price() -> None:
    """It is refused by name, and never priced at a guess."""
    with pytest.raises(DomainError) as caught:
        price_by(follows(-50), None, [])
    assert (caught.value.rule, caught.value.field) == ("no-reference-price", "price_fen_per_kg")


@pytest.mark.parametrize(
    ("rule", "broken", "field"),
    [
        (PriceRule(PriceKind.FIXED, None, None, True), "price-required", "price.price_fen_per_kg"),
        (PriceRule(PriceKind.FIXED, 100, 0, False), "two-prices", "price.difference_permille"),
        (PriceRule(PriceKind.REFERENCE, None, None, False), "difference-required", "price.difference_permille"),
        (PriceRule(PriceKind.REFERENCE, 100, 0, False), "two-prices", "price.price_fen_per_kg"),
    ],
)
def test_a_rule_says_one_thing(rule: PriceRule, broken: str, field: str) -> None:
    """A fixed price is named, a difference follows; both or neither is refused with the field."""
    with pytest.raises(DomainError) as caught:
        check_rule(rule)
    assert (caught.value.rule, caught.value.field) == (broken, field)


@given(st.integers(-500, 1000), st.booleans(), st.integers(1, 10**6), st.lists(st.integers(1, 10**6), max_size=4))
def test_a_floor_only_ever_lifts(difference: int, floor: bool, fen: int, others: list[int]) -> None:
    """A price is positive whole fen; with a floor it is the higher one of the rule's and the mean."""
    recent = [seen(other, 7) for other in others]
    plain = price_by(follows(difference), seen(fen), recent)
    priced = price_by(follows(difference, floor=floor), seen(fen), recent)
    assert plain.price_fen_per_kg > 0
    mean = priced.mean_fen_per_kg
    assert mean is not None
    assert priced.price_fen_per_kg == (max(plain.price_fen_per_kg, mean) if floor else plain.price_fen_per_kg)
