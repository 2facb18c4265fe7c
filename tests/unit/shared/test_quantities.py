"""Grams and fen: whole numbers, one rounding, and parts that sum to the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.quantities import amount_fen, as_bought_g, divide, split

whole = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [
        (5, 2, 3),
        (-5, 2, -3),
        (4, 3, 1),
        (-4, 3, -1),
        (0, 7, 0),
        (1, 2, 1),
        (-1, 2, -1),
        (7, 1, 7),
        (1, 3, 0),
        (2, 3, 1),
    ],
)
def test_halves_go_away_from_zero(numerator: int, denominator: int, quotient: int) -> None:
    """Half a fen is a whole one, for who pays as for who is paid."""
    assert divide(numerator, denominator) == quotient


@given(whole, st.integers(1, 10**9))
def test_a_quotient_is_the_nearest_whole_number(numerator: int, denominator: int) -> None:
    """Nothing is off by more than a half, and the sign changes nothing."""
    quotient = divide(numerator, denominator)
    assert abs(2 * (quotient * denominator - numerator)) <= denominator
    assert divide(-numerator, denominator) == -quotient


@pytest.mark.parametrize("denominator", [0, -1])
def test_nothing_is_divided_by_nothing(denominator: int) -> None:
    """A denominator is positive."""
    with pytest.raises(ValueError, match="positive"):
        divide(1, denominator)


@pytest.mark.parametrize(("grams", "fen"), [(1000, 640), (500, 320), (1, 1), (0, 0), (780, 499), (2500, 1600)])
def test_a_price_is_for_a_kilogram(grams: int, fen: int) -> None:
    """At ¥6.40 a kilogram, to the nearest fen."""
    assert amount_fen(grams, 640) == fen


@pytest.mark.parametrize(
    ("net_mg", "edible_permille", "bought_g"),
    [(1, 1000, 1), (1000, 1000, 1), (1001, 1000, 2), (65_000, 650, 100), (0, 1, 0)],
)
def test_what_is_bought_is_rounded_up(net_mg: int, edible_permille: int, bought_g: int) -> None:
    """65 g of which 65 % can be eaten are 100 g; a milligram more is a gram more."""
    assert as_bought_g(net_mg, edible_permille) == bought_g


@pytest.mark.parametrize("edible_permille", [0, -1, 1001])
def test_a_food_is_edible_in_part(edible_permille: int) -> None:
    """More than nothing of it, and no more than all."""
    with pytest.raises(ValueError, match="edible"):
        as_bought_g(1, edible_permille)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any))
def test_parts_sum_to_the_whole(total: int, weights: list[int]) -> None:
    """Each part is its exact share, rounded down or up; whoever has no weight gets nothing."""
    parts = split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert 0 <= part * sum(weights) - total * weight + sum(weights) - 1 < 2 * sum(weights) - 1
        assert part == 0 or weight


def test_the_larger_remainder_gets_what_is_left() -> None:
    """The earlier of equal ones, so that the same is shared in the same way again."""
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(10, [1, 2]) == [3, 7]
    assert split(2, [3, 1, 3]) == [1, 0, 1]
    assert split(5, [1, 1]) == [3, 2]


def test_nothing_is_shared_out_over_nobody() -> None:
    """Nothing is nothing for each; something needs somebody, and nobody owes."""
    assert split(0, []) == []
    assert split(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="nothing to share"):
        split(1, [0])
    for total, weights in ((-1, [1]), (1, [2, -1])):
        with pytest.raises(ValueError, match="negative"):
            split(total, weights)
