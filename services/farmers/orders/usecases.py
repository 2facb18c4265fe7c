"""What can happen to orders: they come, are lowered, called off, answered, weighed at the school."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.farmers.certificates import holding
from services.farmers.contracts import queries as contracts
from services.farmers.contracts import telling
from services.farmers.contracts.schedule import Schedule
from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.offers import domain as offer_rules
from services.farmers.offers import queries as offers
from services.farmers.offers.domain import Left, Offer, contracts_of
from services.farmers.orders import answers, domain, queries
from services.farmers.orders.answers import Wanted
from services.farmers.orders.domain import Order
from services.farmers.orders.promising import promise
from services.farmers.orders.releases import release
from services.farmers.orders.telling import facts_of
from services.farmers.webhooks import usecases as webhooks
from shared.errors import Conflict, DomainError, MissingDependency, NotFound
from shared.events import Event
from shared.events.logistics import ReceiptSigned
from shared.events.procurement import OrderAmended, OrderCancelled, OrderPlaced
from shared.unit_of_work import UnitOfWork

SILENT_BATCH = 500

Change = tuple[Order, Order]
"""An order as it was and as it is to be."""


async def take_orders(uow: UnitOfWork, events: Sequence[OrderPlaced]) -> None:
    """Put new orders into the inbox and promise each line what its offer has left; known orders change nothing.

    An order nothing can be promised to is declined at once.
    """
    by_id = {event.order_id: event for event in reversed(events)}
    heard = await webhooks.listeners(uow, {event.cooperative_id for event in events})
    unpromised = promise(list(by_id.values())[::-1], {}, heard=heard)
    inserted = await queries.insert_orders(uow.session, uow.dialect, unpromised)
    new = [by_id[order.order_id] for order in unpromised if order.order_id in inserted]
    if not new:
        return
    offered = {line.offer_id for event in new for line in event.lines}
    left = await offers.lock_left(uow.session, offered, today(uow.now))
    placed = promise(new, left, await _schedules(uow, left.values()), heard=heard)
    await queries.insert_lines(uow.session, placed)
    await webhooks.tell(uow, [fact for order in placed for fact in facts_of(None, order)])
    taken: dict[str, int] = {}
    for order in placed:
        for line in order.lines:
            taken[line.offer_id] = taken.get(line.offer_id, 0) + line.promised_g
    await telling.tell(uow, await offers.move_promises(uow.session, taken))
    answered = [answers.decline_when_exhausted(order, uow.now) for order in placed]
    await _apply(uow, list(zip(placed, (order for order, _ in answered), strict=True)))
    _tell(uow, (told for _, told in answered))


async def amend_orders(uow: UnitOfWork, events: Sequence[OrderAmended]) -> None:
    """Lower orders and release what they no longer need; one with nothing left that is promised is declined.

    Raises MissingDependency for an order not yet here.
    """
    before = await _lock_all(uow, [event.order_id for event in events])
    after = dict(before)
    for event in events:
        lowered = domain.amend(after[event.order_id], event)
        after[event.order_id], told = answers.decline_when_exhausted(lowered, uow.now)
        _tell(uow, [told])
    await _apply(uow, [(before[key], after[key]) for key in before])


async def cancel_orders(uow: UnitOfWork, events: Sequence[OrderCancelled]) -> None:
    """Call orders off and release what they were promised. Raises MissingDependency for an order not yet here."""
    before = await _lock_all(uow, [event.order_id for event in events])
    after = dict(before)
    for event in events:
        after[event.order_id] = domain.cancel(after[event.order_id], event)
    await _apply(uow, [(before[key], after[key]) for key in before])


async def note_receipts(uow: UnitOfWork, events: Sequence[ReceiptSigned]) -> None:
    """Keep what the school weighed and accepted. Raises MissingDependency for an order not yet here."""
    before = await _lock_all(uow, [event.order_id for event in events])
    after = dict(before)
    for event in events:
        after[event.order_id] = domain.weigh(after[event.order_id], event)
    await _apply(uow, [(before[key], after[key]) for key in before])


async def accept_order(uow: UnitOfWork, order_id: str, wanted: Sequence[Wanted] | None, reason: str | None) -> Order:
    """Confirm all that is promised, or these grams of the lines named; what is not confirmed is released."""
    order = await queries.one(uow.session, order_id, for_update=True)
    answered, told = answers.accept(order, wanted, reason, uow.now)
    await _apply(uow, [(order, answered)])
    _tell(uow, [told])
    return answered


async def accept_orders(uow: UnitOfWork, order_ids: Sequence[str]) -> tuple[list[Order], list[tuple[str, DomainError]]]:
    """Confirm all that is promised of each order; returns those accepted, and why the others were not."""
    before = await queries.lock(uow.session, uow.dialect, order_ids)
    answered: dict[str, tuple[Order, Event | None]] = {}
    refused: list[tuple[str, DomainError]] = []
    for order_id in dict.fromkeys(order_ids):
        try:
            if order_id not in before:
                raise NotFound("order", order_id)
            answered[order_id] = answers.accept(before[order_id], None, None, uow.now)
        except DomainError as error:
            refused.append((order_id, error))
    await _apply(uow, [(before[key], order) for key, (order, _) in answered.items()])
    _tell(uow, [told for _, told in answered.values()])
    return [order for order, _ in answered.values()], refused


async def decline_order(uow: UnitOfWork, order_id: str, reason: str) -> Order:
    """Take nothing of an order and release what it was promised."""
    order = await queries.one(uow.session, order_id, for_update=True)
    answered, told = answers.decline(order, reason, uow.now)
    await _apply(uow, [(order, answered)])
    _tell(uow, [told])
    return answered


async def decline_silent_orders(uow: UnitOfWork) -> int:
    """Decline up to 500 orders that nobody answered in time; returns how many."""
    silent = await queries.lock_silent(uow.session, uow.dialect, uow.now, SILENT_BATCH)
    answered = {key: answers.decline_by_silence(order, uow.now) for key, order in silent.items()}
    await _apply(uow, [(silent[key], order) for key, (order, _) in answered.items()])
    _tell(uow, [told for _, told in answered.values()])
    return len(silent)


async def reduce_offer(
    uow: UnitOfWork, offer_id: str, quantity_g: int, reason: str, expected_version: int | None
) -> tuple[Offer, list[Order]]:
    """Lower an offer to what there really is, and release what is promised beyond it; 0 g withdraws it.

    Returns the offer and the orders that lost grams; those left with none are declined at once. Raises Conflict
    `confirmed-promises`: what is confirmed stands, only a withdrawn offer may hold nothing else.
    """
    owner = (await offers.one(uow.session, offer_id)).cooperative_id
    waiting = await queries.waiting_on(uow.session, owner, offer_id)
    orders = await queries.lock(uow.session, uow.dialect, waiting)
    offer = await offers.one(uow.session, offer_id, for_update=True)
    offer_rules.require_version(offer, expected_version)
    if quantity_g:
        reduced, told = offer_rules.reduce(offer, quantity_g, uow.now), None
    else:
        reduced, told = offer_rules.withdraw(offer, uow.now)
    changes = release(orders.values(), offer_id, offer.promised_g - quantity_g, reason, uow.now)
    under = await _write(uow, [(before, after) for before, after, _ in changes])
    left_g = (await offers.one(uow.session, offer_id)).promised_g
    if quantity_g and left_g > quantity_g:
        if await queries.waiting_on(uow.session, owner, offer_id):
            raise Conflict("changed-meanwhile", "an order came just now, try again", field="quantity_g")
        detail = f"{left_g} g of it are confirmed to orders, and stand"
        raise Conflict("confirmed-promises", detail, field="quantity_g")
    reduced = replace(reduced, promised_g=left_g)
    await offers.save(uow.session, [reduced])
    await telling.tell(uow, under if reduced == offer else under | contracts_of([reduced]))
    if quantity_g:
        await holding.tell(uow, [reduced], await cooperatives.counties(uow.session, uow.dialect, [owner]))
    _tell(uow, [told, *(event for _, _, event in changes)])
    return reduced, [after for _, after, _ in changes]


async def _schedules(uow: UnitOfWork, offered: Iterable[Left]) -> dict[str, Schedule]:
    """Lock the contracts that locked offers draw on; returns what each has left by week."""
    under = {each.contract_id for each in offered if each.contract_id is not None}
    if under:
        await contracts.lock(uow.session, under)
    return await contracts.schedules(uow.session, under)


async def _lock_all(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, Order]:
    orders = await queries.lock(uow.session, uow.dialect, ids)
    for order_id in ids:
        if order_id not in orders:
            raise MissingDependency("order", order_id)
    return orders


async def _apply(uow: UnitOfWork, changes: Sequence[Change]) -> None:
    """Write the orders that changed with all that follows, and tell of the contracts they draw on."""
    await telling.tell(uow, await _write(uow, changes))


async def _write(uow: UnitOfWork, changes: Sequence[Change]) -> set[str]:
    """Write the orders that changed, let go of what they no longer hold in their offers, tell who wants to hear.

    Returns the contracts that got grams back.
    """
    changed = [(before, after) for before, after in changes if before != after]
    await queries.save(uow.session, changed)
    moved: dict[str, int] = {}
    for before, after in changed:
        for offer_id, grams in domain.released(before, after).items():
            moved[offer_id] = moved.get(offer_id, 0) + grams
    under = await offers.release(uow.session, uow.dialect, moved)
    await webhooks.tell(uow, [fact for before, after in changed for fact in facts_of(before, after)])
    return under


def _tell(uow: UnitOfWork, events: Iterable[Event | None]) -> None:
    uow.emit(*(event for event in events if event is not None))
