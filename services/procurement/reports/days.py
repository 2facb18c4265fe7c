"""Which rows a report is about: its delivery days, its county, and what the market supplier brought."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Table, and_, false, or_

from services.procurement.orders.domain import Supplier
from services.procurement.orders.models import purchase_order


@dataclass(frozen=True, slots=True)
class Days:
    """The delivery days a report is about, in one county or (None) in all; `only` some counties' days of them, or
    those of some `counties`.
    """

    first: date
    last: date
    county_code: str | None
    only: Collection[tuple[str, date]] | None = None
    counties: Collection[str] | None = None

    @property
    def month(self) -> str:
        """The month of the first day, e.g. `2026-12`."""
        return f"{self.first:%Y-%m}"

    def of(self, table: Table) -> ColumnElement[bool]:
        """Return the condition for rows of a table with a delivery day and a county."""
        days: ColumnElement[bool] = table.c.delivery_day.between(self.first, self.last)
        if self.county_code is not None:
            days = and_(days, table.c.county_code == self.county_code)
        if self.counties is not None:
            days = and_(days, table.c.county_code.in_(sorted(self.counties)))
        return days if self.only is None else and_(days, _among(table, self.only))


def _among(table: Table, counties_days: Collection[tuple[str, date]]) -> ColumnElement[bool]:
    by_day: dict[date, list[str]] = defaultdict(list)
    for county_code, day in counties_days:
        by_day[day].append(county_code)
    of_days = (
        and_(table.c.delivery_day == day, table.c.county_code.in_(sorted(counties)))
        for day, counties in sorted(by_day.items())
    )
    return or_(false(), *of_days)


def from_market() -> ColumnElement[bool]:
    """Return the condition for orders of the licensed market supplier."""
    condition: ColumnElement[bool] = purchase_order.c.supplier == Supplier.MARKET.value
    return condition
