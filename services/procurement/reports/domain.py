"""What a month's report says of a county: sums in fen and grams, shares, and how evenly households were reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields


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


@dataclass(slots=True)
class Reached:
    """What households earned in a month: fen by household, and those that were poor when they harvested."""

    fen: dict[str, int] = field(default_factory=dict)
    poor: set[str] = field(default_factory=set)

    def add(self, household: str, amount_fen: int, *, poor: bool) -> None:
        """Add what a household earned."""
        self.fen[household] = self.fen.get(household, 0) + amount_fen
        if poor:
            self.poor.add(household)

    def __ior__(self, other: "Reached") -> "Reached":
        for household, amount in other.fen.items():
            self.add(household, amount, poor=household in other.poor)
        return self

    @property
    def incomes(self) -> list[int]:
        """What those earned who earned anything."""
        return [fen for fen in self.fen.values() if fen > 0]

    @property
    def poor_reached(self) -> int:
        """How many poor households earned anything."""
        return sum(self.fen[household] > 0 for household in self.poor)


def gini(incomes: Iterable[int]) -> float | None:
    """Return how unevenly income is shared: 0 where all have the same, near 1 where one has all; None without any.

    The mean difference between any two, over twice the mean (Gini 1912), from the ordered incomes.
    """
    ordered = sorted(incomes)
    total = sum(ordered)
    if not total:
        return None
    count = len(ordered)
    ranked = sum(rank * income for rank, income in enumerate(ordered, start=1))
    return round((2 * ranked - (count + 1) * total) / (count * total), 4)


def share(part: int, whole: int) -> float | None:
    """Return a part of a whole (0–1), None where there is no whole."""
    return round(part / whole, 4) if whole else None


def total_of(sums: Sequence[Sums]) -> Sums:
    """Return the sums over counties."""
    total = Sums()
    for each in sums:
        total += each
    return total
