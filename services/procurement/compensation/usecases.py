"""Booking what suppliers are owed for orders that were called off late."""

from collections.abc import Sequence

from services.procurement.compensation import domain
from services.procurement.ledger import queries as ledger
from services.procurement.orders.domain import SCHOOL_TIME, Order
from services.procurement.settlement import queries as settlements
from services.procurement.terms.agreed import Agreed
from shared.unit_of_work import UnitOfWork


async def book(uow: UnitOfWork, changes: Sequence[tuple[Order, Order]]) -> None:
    """Book by how much these changes of locked orders change what is owed, and let it be paid in the agreed days."""
    booked = [
        (made, after) for before, after in changes if (made := domain.transaction(before, after, uow.now)) is not None
    ]
    if not booked:
        return
    agreed = await Agreed.read(uow.session, [order for _, order in booked])
    today = uow.now.astimezone(SCHOOL_TIME).date()
    await ledger.book(uow.session, [made for made, _ in booked])
    due = [domain.settlement_of(made, order, agreed.terms(order).due_on(today)) for made, order in booked]
    await settlements.add_settlements(uow.session, due)
