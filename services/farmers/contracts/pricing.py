"""What a contract's price rule comes to on a day.

A price is whole fen per kg, each step rounded half away from zero: first the mean, then the rule. The market mean is
that of the last 28 days in the nearest region that has a price in them, else the reference price itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import DomainError
from shared.market import Reference, following
from shared.quantities import divide


class PriceKind(StrEnum):
    """Whether the price stands, or follows the reference price."""

    FIXED = "fixed"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class PriceRule:
    """A fixed price in fen per kg, or 1/1000 above (below: negative) the reference price; never below the mean."""

    kind: PriceKind
    price_fen_per_kg: int | None
    difference_permille: int | None
    floor_at_market_mean: bool


@dataclass(frozen=True, slots=True)
class Priced:
    """The price of a day in fen per kg and what it was made from; `floored` when the market mean lifted it."""

    price_fen_per_kg: int
    mean_fen_per_kg: int | None
    floored: bool
    reference: Reference | None


def check_rule(rule: PriceRule) -> None:
    """Raise DomainError for a rule that says too little or two things at once."""
    fixed = rule.kind == PriceKind.FIXED
    if fixed and rule.price_fen_per_kg is None:
        raise DomainError("price-required", "a fixed price is named", field="price.price_fen_per_kg")
    if fixed and rule.difference_permille is not None:
        detail = "a fixed price does not follow the reference price"
        raise DomainError("two-prices", detail, field="price.difference_permille")
    if not fixed and rule.difference_permille is None:
        detail = "say how far above or below the reference price it lies; 0 is just as much"
        raise DomainError("difference-required", detail, field="price.difference_permille")
    if not fixed and rule.price_fen_per_kg is not None:
        detail = "a price that follows the reference price is not named"
        raise DomainError("two-prices", detail, field="price.price_fen_per_kg")


def price_by(rule: PriceRule, reference: Reference | None, recent: Iterable[Reference]) -> Priced:
    """Return the price by a rule, from the reference price of the day and the prices of the 28 days up to it.

    Raises DomainError where the rule follows a reference price that nobody published.
    """
    if rule.price_fen_per_kg is not None:
        price = rule.price_fen_per_kg
    elif reference is None:
        detail = "nobody published a reference price the contract could follow"
        raise DomainError("no-reference-price", detail, field="price_fen_per_kg")
    else:
        price = following(reference.price_fen_per_kg, rule.difference_permille or 0)
    mean = market_mean(reference, recent)
    floored = rule.floor_at_market_mean and mean is not None and mean > price
    return Priced(mean if floored and mean is not None else price, mean, floored, reference)


def market_mean(reference: Reference | None, recent: Iterable[Reference]) -> int | None:
    """Return the mean of the recent prices of the nearest region, in fen per kg; None where nobody knows any."""
    by_region: dict[str, list[int]] = {}
    for one in recent:
        by_region.setdefault(one.region_code, []).append(one.price_fen_per_kg)
    if by_region:
        nearest = by_region[max(by_region, key=len)]
        return divide(sum(nearest), len(nearest))
    return None if reference is None else reference.price_fen_per_kg
