"""Prices of weeks that are planned together."""

from dataclasses import replace

from services.nutrition.market.domain import PriceSource, Quote
from services.nutrition.planning.prices import of_weeks

ONE = Quote("rice", 500, PriceSource.OFFER, 1000, 600, 10_000)


def test_weeks_are_added_up() -> None:
    """Prices and shares are means, grams are summed, the source is the worst of them."""
    other = Quote("rice", 601, PriceSource.REFERENCE, 0, 0, 5_000)
    together = Quote("rice", 551, PriceSource.REFERENCE, 500, 300, 15_000)
    assert of_weeks([{"rice": ONE}, {"rice": other}]) == {"rice": together}


def test_a_week_without_limit_or_price() -> None:
    """What nobody limits in one week is not limited; what has no price in one week has none."""
    assert of_weeks([{"rice": ONE}, {"rice": replace(ONE, available_g=None)}])["rice"].available_g is None
    assert of_weeks([{"rice": ONE}, {}]) == {}
    assert of_weeks([{"rice": ONE}]) == {"rice": ONE}
