"""Figures of the month's report: how unevenly income is shared, and sums over counties."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.reports.domain import Sums, gini, share, total_of


def of(incomes: Sequence[int]) -> float | None:
    """Return the Gini of incomes."""
    ranked = sum(place * income for place, income in enumerate(sorted(incomes), start=1))
    return gini(len(incomes), sum(incomes), ranked)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=12), st.integers(2, 5))
def test_gini_is_the_mean_difference_over_twice_the_mean(incomes: list[int], times: int) -> None:
    """It is what its definition says, between 0 and 1, the same in any order and in any currency."""
    count = len(incomes)
    by_pairs = sum(abs(one - other) for one in incomes for other in incomes) / (2 * count * sum(incomes))
    found = of(incomes)
    assert found == pytest.approx(by_pairs, abs=5e-5)
    assert of([income * times for income in reversed(incomes)]) == found


def test_gini_of_few() -> None:
    """Nobody has none; all the same is 0; one of two has all is a half."""
    assert of([]) is None
    assert of([0, 0]) is None
    assert of([7, 7, 7]) == 0
    assert of([0, 10]) == 0.5


def test_counties_add_up() -> None:
    """The total is the sum of the counties in every figure; a share of nothing is none."""
    total = total_of([Sums(spend_fen=1, unmet_g=2), Sums(spend_fen=10, paid_fen=3)])
    assert total == Sums(spend_fen=11, unmet_g=2, paid_fen=3)
    assert share(1, 0) is None
    assert share(1, 3) == 0.3333
