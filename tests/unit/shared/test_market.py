"""Which reference price holds."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.market import RECENT, Reference, ReferenceRead, following, holding, regions_of

DAY = date(2026, 11, 30)


def price(region_code: str = "52", days_ago: int = 0, fen: int = 200) -> Reference:
    """A price of napa cabbage."""
    return Reference("napa_cabbage", region_code, DAY - timedelta(days=days_ago), fen, "bulletin (fictional)", True)


def test_the_regions_of_a_county_are_its_prefecture_and_its_province() -> None:
    """Codes of GB/T 2260 begin each other; a code that is shorter is not asked for twice."""
    assert regions_of("520628") == ["520628", "5206", "52"]
    assert regions_of("52") == ["52"]


def test_the_nearest_market_goes_first_while_it_is_recent() -> None:
    """A county's price of 27 days ago goes before the province's of today, one of 28 days ago does not."""
    assert holding(DAY, [price("52"), price("5206", 3), price("520628", 27)]) == price("520628", 27)
    assert holding(DAY, [price("52"), price("520628", 28)]) == price("52")


def test_an_old_price_is_better_than_none() -> None:
    """Where no price is recent the newest holds, of two of one day the nearer one; without any there is none."""
    assert holding(DAY, [price("520628", 900), price("52", 400)]) == price("52", 400)
    assert holding(DAY, [price("52", 400), price("520628", 400)]) == price("520628", 400)
    assert holding(DAY, []) is None


@given(st.lists(st.tuples(st.sampled_from(["520628", "5206", "52"]), st.integers(0, 100))))
def test_the_order_of_prices_does_not_matter(said: list[tuple[str, int]]) -> None:
    """What holds is one of the prices, the same however they are listed, and recent if any is."""
    prices = [price(region, ago) for region, ago in said]
    held = holding(DAY, prices)
    assert held == holding(DAY, prices[::-1])
    if any(one.day > DAY - RECENT for one in prices):
        assert held is not None
        assert held.day > DAY - RECENT


def test_a_price_follows_the_market() -> None:
    """So many thousandths above or below, to the nearest fen, and never nothing."""
    assert [following(400, permille) for permille in (0, 100, -100, 1)] == [400, 440, 360, 400]
    assert [following(1, -1000), following(1, -500), following(3, -500)] == [1, 1, 2]


def test_the_difference_is_in_thousandths_of_the_reference_price() -> None:
    """¥1.54 is 256 ‰ below ¥2.07; half a thousandth is rounded away from zero; nothing is shown beside nothing."""
    shown = ReferenceRead.of(price(fen=207), 154)
    assert shown is not None
    assert (shown.difference_permille, shown.day, shown.region_code) == (-256, DAY, "52")
    level = ReferenceRead.of(price(fen=2000), 2001)
    assert level is not None
    assert level.difference_permille == 1
    double = ReferenceRead.of(price(fen=200), 400)
    assert double is not None
    assert double.difference_permille == 1000
    assert ReferenceRead.of(None, 154) is None
