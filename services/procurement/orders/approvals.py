"""Officials decide on drafts; a draft nobody decided on in time is refused, and its demand is sourced elsewhere."""

from services.procurement.demand.book import Book
from services.procurement.orders import approving, facts, queries
from services.procurement.orders.domain import Order
from services.procurement.orders.states import Status
from services.procurement.orders.usecases import source_again
from services.procurement.orders.versions import Author
from services.procurement.turns import take_turn
from shared.errors import NotFound
from shared.ids import derived_id
from shared.service import Job, Service
from shared.unit_of_work import UnitOfWork

OVERDUE_BATCH = 50
SILENCE = Author("approval clock", "nobody approved it in time")


async def approve_order(
    uow: UnitOfWork, order_id: str, author: Author, expected_version: int | None, answer_hours: int
) -> Order:
    """Place a draft. Raises NotFound, Conflict `not-waiting`, StaleVersion."""
    order = (await queries.for_update(uow.session, [order_id])).get(order_id)
    if order is None:
        raise NotFound("order", order_id, field="order_id")
    placed = approving.approve(order, expected_version, uow.now, answer_hours)
    await queries.save_heads(uow.session, [placed])
    await queries.keep_versions(uow.session, [placed], author, uow.now)
    if placed.is_told:
        uow.emit(facts.told_of_placing(placed))
    return placed


async def refuse_order(
    uow: UnitOfWork, order_id: str, author: Author, expected_version: int | None, answer_hours: int
) -> Order:
    """Refuse a draft; its grams are sourced again at once, from others. Raises as :func:`approve_order` does."""
    await take_turn(uow)
    book = await Book.open(uow, await queries.demand_of(uow.session, [order_id]))
    order = (await queries.for_update(uow.session, [order_id])).get(order_id)
    if order is None:
        raise NotFound("order", order_id, field="order_id")
    refused, released = approving.refuse(order, expected_version)
    await queries.save_heads(uow.session, [refused])
    await queries.keep_versions(uow.session, [refused], author, uow.now)
    await source_again(uow, book, released, derived_id("refused", order_id), answer_hours)
    return refused


async def refuse_overdue(service: Service) -> int:
    """Refuse the drafts nobody decided on in time, each in a unit of work; returns how many. The service's job."""
    async with service.begin(read_only=True) as uow:
        overdue = await queries.overdue_drafts(uow.session, uow.now, OVERDUE_BATCH)
    for order_id in overdue:
        async with service.begin() as uow:
            present = await queries.one(uow.session, order_id)
            if present is not None and present.status is Status.DRAFT:
                await refuse_order(uow, order_id, SILENCE, present.version, service.settings.answer_hours)
    return len(overdue)


jobs = [Job("refuse-overdue-orders", refuse_overdue, 30.0)]
