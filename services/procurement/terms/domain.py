"""What was agreed on settling from a day on, and which funds a school's food is paid from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.market import regions_of
from shared.quantities import split


class Fund(StrEnum):
    """Whose money a school buys food with; in the ledger each is an account of its own."""

    CENTRAL = "central"
    LOCAL = "local"
    PARENTS = "parents"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far what was accepted may lie below what was dispatched, without anybody having to decide on it.

    Either is enough: 1/1000 of the grams dispatched, or fen of an order line.
    """

    weight_permille: int
    amount_fen: int

    def allows(self, dispatched_g: int, accepted_g: int, difference_fen: int) -> bool:
        """Whether a line settles as it was weighed."""
        return (dispatched_g - accepted_g) * 1000 <= self.weight_permille * dispatched_g or (
            difference_fen <= self.amount_fen
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """What a region agreed on, from a day on. Without a tolerance every line settles as it was weighed."""

    region_code: str
    valid_from: date
    payment_days: int
    dispute_days: int
    tolerance: Tolerance | None

    def due_on(self, day: date) -> date:
        """Return until when what was delivered (or decided) on a day is to be paid."""
        return day + timedelta(days=self.payment_days)

    def decide_by(self, day: date) -> date:
        """Return until when a dispute that arose on a day is to be decided."""
        return day + timedelta(days=self.dispute_days)


UNSAID = Terms("", date(2000, 1, 1), payment_days=30, dispute_days=10, tolerance=None)
"""What holds where nobody has agreed on anything else."""


def holding(known: Iterable[Terms], county_code: str, day: date) -> Terms:
    """Return what holds in a county on a day: the newest of the nearest region that agreed on something."""
    nearest = {region: place for place, region in enumerate(regions_of(county_code))}
    valid = [terms for terms in known if terms.region_code in nearest and terms.valid_from <= day]
    if not valid:
        return UNSAID
    return min(valid, key=lambda terms: (nearest[terms.region_code], -terms.valid_from.toordinal()))


@dataclass(frozen=True, slots=True)
class Shares:
    """Which part of a school's food money each fund pays, in 1/1000, from a day on; `scope` is a school or a region."""

    scope: str
    valid_from: date
    permille: Mapping[Fund, int]

    def parts(self, total: int) -> list[tuple[Fund, int]]:
        """Share a total out over the funds, to the last one."""
        funds = [fund for fund in Fund if self.permille.get(fund)]
        return list(zip(funds, split(total, [self.permille[fund] for fund in funds]), strict=True))


def scopes_of(canteen_id: str, county_code: str) -> list[str]:
    """Return whose word counts on a school's funds, the nearest first: the school's, its county's, its province's."""
    return [f"school:{canteen_id}", *(f"region:{region}" for region in regions_of(county_code))]


def shares_holding(known: Iterable[Shares], canteen_id: str, county_code: str, day: date) -> Shares | None:
    """Return which funds pay a school's food on a day; None where nobody has said, then it is one account."""
    nearest = {scope: place for place, scope in enumerate(scopes_of(canteen_id, county_code))}
    valid = [shares for shares in known if shares.scope in nearest and shares.valid_from <= day]
    return min(valid, key=lambda each: (nearest[each.scope], -each.valid_from.toordinal()), default=None)
