"""Placing orders, whoever wants them: what is above its county's limit waits for an official first."""

from collections.abc import Sequence

from services.procurement.orders import facts, queries
from services.procurement.orders.approving import submit
from services.procurement.orders.domain import Order
from services.procurement.orders.states import Status
from services.procurement.orders.versions import Author
from services.procurement.rules import queries as rules
from shared.unit_of_work import UnitOfWork


async def place_orders(uow: UnitOfWork, orders: Sequence[Order], author: Author) -> list[Order]:
    """Add new orders and tell of those that are placed; a draft is told when it is approved. Returns them."""
    if not orders:
        return []
    known = await rules.rules_of(uow.session, {order.county_code for order in orders})
    submitted = [submit(order, known.holding(order.county_code, order.delivery_day), uow.now) for order in orders]
    await queries.add(uow.session, submitted)
    await queries.keep_versions(uow.session, submitted, author, uow.now)
    uow.emit(*(facts.told_of_placing(order) for order in submitted if order.status is Status.PLACED and order.is_told))
    return submitted
