"""Integer quantities: grams (g), milligrams (mg), fen (¥0.01), permille. One rounding rule for all of them.

SQLite and PostgreSQL disagree about decimals, and floats lose fen; so every stored amount is an integer with its
unit in the name, and every division goes through :func:`divide`.
"""

from collections.abc import Sequence


def divide(numerator: int, denominator: int) -> int:
    """Return numerator / denominator rounded half away from zero.

    >>> divide(5, 2), divide(-5, 2), divide(4, 3)
    (3, -3, 1)
    """
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def amount_fen(quantity_g: int, price_fen_per_kg: int) -> int:
    """Return the price in fen of `quantity_g` grams at `price_fen_per_kg`."""
    return divide(quantity_g * price_fen_per_kg, 1000)


def as_bought_g(net_mg: int, edible_permille: int) -> int:
    """Return grams as bought for `net_mg` milligrams of raw edible food, rounded up so that no plate stays empty.

    gross = net / edible fraction (domain.md §3); `edible_permille` is the Chinese edible fraction in 1/1000.
    """
    if not 0 < edible_permille <= 1000:
        raise ValueError("the edible fraction lies in (0, 1000] permille")
    return -(-net_mg // edible_permille)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` out in proportion to `weights` so that the parts sum to it exactly (largest remainder).

    Equal remainders go to the earlier part, so the same input always gives the same answer.

    >>> split(100, [1, 1, 1])
    [34, 33, 33]
    """
    weight_sum = sum(weights)
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("the total and the weights must not be negative")
    if weight_sum == 0:
        if total:
            raise ValueError("nothing to share the total out over")
        return [0] * len(weights)
    parts = [total * weight // weight_sum for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % weight_sum), i))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
