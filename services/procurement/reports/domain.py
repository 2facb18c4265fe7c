"""What a month's report says of a county: sums in fen and grams, shares, and how evenly households were reached."""

from collections.abc import Sequence
from dataclasses import dataclass, fields


@dataclass(slots=True)
class Sums:
    """The sums a report is made of, in fen and g; each is of a county's canteens, by delivery day."""

    spend_fen: int = 0
    accepted_g: int = 0
    orders: int = 0
    from_county_fen: int = 0
    from_province_fen: int = 0
    from_market_fen: int = 0
    poor_households_fen: int = 0
    households_fen: int = 0
    paid_fen: int = 0
    held_fen: int = 0
    disputed_fen: int = 0
    freight_fen: int = 0
    compensation_fen: int = 0
    demand_lines: int = 0
    demand_g: int = 0
    lines_unmet: int = 0
    unmet_g: int = 0
    compared_fen: int = 0
    reference_fen: int = 0

    def __iadd__(self, other: "Sums") -> "Sums":
        for name in (each.name for each in fields(self)):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


@dataclass(frozen=True, slots=True)
class Reached:
    """Households that earned anything in a month: how many, and how many of them were poor at a harvest.

    `earned_fen` is what they earned together, `ranked_fen` the sum of what each did times its place, the least being
    the first.
    """

    households: int = 0
    poor_households: int = 0
    earned_fen: int = 0
    ranked_fen: int = 0

    @property
    def gini(self) -> float | None:
        """How unevenly they earned."""
        return gini(self.households, self.earned_fen, self.ranked_fen)


def gini(count: int, total: int, ranked: int) -> float | None:
    """Return how unevenly income is shared: 0 where all have the same, near 1 where one has all; None without any.

    The mean difference between any two, over twice the mean (Gini 1912), of `count` incomes that come to `total`;
    `ranked` is the sum of each times its place, the least being the first.
    """
    return round((2 * ranked - (count + 1) * total) / (count * total), 4) if total else None


def share(part: int, whole: int) -> float | None:
    """Return a part of a whole (0–1), None where there is no whole."""
    return round(part / whole, 4) if whole else None


def total_of(sums: Sequence[Sums]) -> Sums:
    """Return the sums over counties."""
    total = Sums()
    for each in sums:
        total += each
    return total
