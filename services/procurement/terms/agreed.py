"""What was agreed on, read once for many orders."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from services.procurement.orders.domain import Order
from services.procurement.terms import queries
from services.procurement.terms.domain import Shares, Terms, holding, scopes_of, shares_holding
from shared.database import Session
from shared.market import regions_of


@dataclass(frozen=True, slots=True)
class Agreed:
    """The terms and the funding shares that may concern some orders."""

    all_terms: list[Terms]
    all_shares: list[Shares]

    @classmethod
    async def read(cls, session: Session, orders: Collection[Order]) -> Self:
        """Read what concerns these orders."""
        regions = {region for order in orders for region in regions_of(order.county_code)}
        scopes = {scope for order in orders for scope in scopes_of(order.canteen_id, order.county_code)}
        return cls(await queries.terms(session, regions), await queries.shares(session, scopes))

    def terms(self, order: Order) -> Terms:
        """Return the terms that hold for an order, by its delivery day."""
        return holding(self.all_terms, order.county_code, order.delivery_day)

    def shares(self, order: Order) -> Shares | None:
        """Return which funds pay for an order, by its delivery day; None: one account."""
        return shares_holding(self.all_shares, order.canteen_id, order.county_code, order.delivery_day)
