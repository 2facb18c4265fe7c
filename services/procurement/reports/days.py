"""Which rows a report is about: its delivery days, its county, and what the market supplier brought."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Table, and_

from services.procurement.orders.domain import Supplier
from services.procurement.orders.models import purchase_order


@dataclass(frozen=True, slots=True)
class Days:
    """The delivery days a report is about, in one county or (None) in all."""

    first: date
    last: date
    county_code: str | None

    def of(self, table: Table) -> ColumnElement[bool]:
        """Return the condition for rows of a table with a delivery day and a county."""
        days: ColumnElement[bool] = table.c.delivery_day.between(self.first, self.last)
        return days if self.county_code is None else and_(days, table.c.county_code == self.county_code)


def from_market() -> ColumnElement[bool]:
    """Return the condition for orders of the licensed market supplier."""
    condition: ColumnElement[bool] = purchase_order.c.supplier == Supplier.MARKET.value
    return condition
