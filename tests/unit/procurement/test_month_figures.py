"""Figures of the month's report: how unevenly income is shared, and sums over counties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.reports.domain import Reached, Sums, gini, share, total_of


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=12), st.integers(2, 5))
def test_gini_is_the_mean_difference_over_twice_the_mean(incomes: list[int], times: int) -> None:
    """It is what its definition says, between 0 and 1, the same in any order and in any currency."""
    count = len(incomes)
    by_pairs = sum(abs(one - other) for one in incomes for other in incomes) / (2 * count * sum(incomes))
    found = gini(incomes)
    assert found == pytest.approx(by_pairs, abs=5e-5)
    assert gini([income * times for income in reversed(incomes)]) == found


def test_gini_of_few() -> None:
    """Nobody has none; all the same is 0; one of two has all is a half."""
    assert gini([]) is None
    assert gini([0, 0]) is None
    assert gini([7, 7, 7]) == 0
    assert gini([0, 10]) == 0.5


def test_a_household_is_counted_once() -> None:
    """A household in two counties, or poor for a part of the month, is one; what was taken back reached nobody."""
    one, other = Reached(), Reached()
    one.add("h1", 100, poor=False)
    one.add("h1", 50, poor=True)
    other.add("h1", 10, poor=False)
    other.add("h2", 0, poor=True)
    one |= other
    assert (one.incomes, one.poor_reached) == ([160], 1)


def test_counties_add_up() -> None:
    """The total is the sum of the counties in every figure; a share of nothing is none."""
    total = total_of([Sums(spend_fen=1, unmet_g=2), Sums(spend_fen=10, paid_fen=3)])
    assert total == Sums(spend_fen=11, unmet_g=2, paid_fen=3)
    assert share(1, 0) is None
    assert share(1, 3) == 0.3333
