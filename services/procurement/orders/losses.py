"""What was packed and does not come, because a lot of it was recalled or nothing can bring it, is sourced again."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.procurement.demand.book import Book
from services.procurement.orders import dispatching, lots, queries
from services.procurement.orders.domain import SCHOOL_TIME, Lost
from services.procurement.orders.usecases import displace, locked
from services.procurement.turns import lots_stand_still, take_turn
from shared.errors import MissingDependency
from shared.events.logistics import ConsignmentGivenUp, RecallRaised
from shared.ids import derived_id
from shared.unit_of_work import UnitOfWork

Reasons = Mapping[str, Mapping[str, str]]
"""Why lines do not come, by order and line."""


async def recall(uow: UnitOfWork, events: Sequence[RecallRaised], answer_hours: int) -> None:
    """Lines packed from a recalled lot do not come, not even those whose packing is heard of later.

    At the gate nobody can tell a line's lots apart, so the whole line is refused there.
    """
    await lots_stand_still(uow)
    await lots.keep_recalled(uow, events)
    reasons: dict[str, dict[str, str]] = {}
    for order_id, line_id, reason in await lots.lines_of(uow.session, {event.lot_id for event in events}):
        reasons.setdefault(order_id, {}).setdefault(line_id, reason)
    await _lose(uow, reasons, Lost.RECALLED, answer_hours)


async def give_up(uow: UnitOfWork, events: Sequence[ConsignmentGivenUp], answer_hours: int) -> None:
    """Nothing of an order comes that logistics gave up. Raises MissingDependency while its packing is not heard of."""
    orders = await queries.some(uow.session, {event.order_id for event in events})
    reasons: dict[str, dict[str, str]] = {}
    for event in events:
        order = orders.get(event.order_id)
        if order is None or order.dispatched_at is None:
            raise MissingDependency("dispatch", event.order_id)
        reasons[event.order_id] = {line.line_id: event.reason for line in order.lines}
    await _lose(uow, reasons, Lost.UNDELIVERED, answer_hours)


async def _lose(uow: UnitOfWork, reasons: Reasons, why: Lost, answer_hours: int) -> None:
    if not reasons:
        return
    await take_turn(uow)
    book = await Book.open(uow, await queries.demand_of(uow.session, reasons))
    changed, missing = [], []
    for order in (await locked(uow, reasons)).values():
        lost, lacking = dispatching.lose(order, reasons[order.order_id], why, today(uow))
        if lacking:
            changed.append(lost)
            missing += lacking
    await queries.save(uow.session, changed)
    cause = derived_id("lost", *(line.line_id for order in changed for line in order.lines if line.lost))
    await displace(uow, book, missing, cause, answer_hours)


def today(uow: UnitOfWork) -> date:
    """Return the school day it is."""
    return uow.now.astimezone(SCHOOL_TIME).date()
