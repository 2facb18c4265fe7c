"""Orders as they are shown: with the public market's price beside each line."""

from collections.abc import Sequence

from services.procurement.orders.domain import Order
from services.procurement.orders.schemas import OrderRead
from services.procurement.prices import usecases as prices
from shared.unit_of_work import UnitOfWork


async def shown(uow: UnitOfWork, orders: Sequence[Order]) -> list[OrderRead]:
    """Return the answers about orders."""
    references = await prices.beside(uow, [asked for order in orders for asked in order.asked])
    return [OrderRead.of(order, references) for order in orders]
