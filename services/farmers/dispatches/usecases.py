"""What can happen at the packing table: one order is packed, or all of a morning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.farmers.dispatches import queries
from services.farmers.dispatches.domain import LOTS_EXHAUSTED, LinePacked, dispatch, packing_of, require_packable
from services.farmers.dispatches.packing import Packing, Store, taken_g
from services.farmers.lots import queries as lots
from services.farmers.orders import queries as orders
from services.farmers.orders.domain import Order
from services.farmers.orders.telling import facts_of
from services.farmers.webhooks import usecases as webhooks
from shared.errors import DomainError, NotFound
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Dispatched:
    """A dispatched order and what it was packed from."""

    order: Order
    packing: Packing


async def dispatch_order(
    uow: UnitOfWork, order_id: str, said: Sequence[LinePacked] | None, reason: str | None
) -> Dispatched:
    """Pack one order: as somebody says it was done, or (`said` None) first expired first out, as far as lots go.

    Somebody may say that nothing was packed of it, and why.
    """
    order = await orders.one(uow.session, order_id, for_update=True)
    require_packable(order)
    if said is None:
        reason = reason or LOTS_EXHAUSTED
        packing = Store(await lots.lock_on_hand(uow.session, uow.dialect, _wanted([order]))).pack(order)
    else:
        named = await lots.lock(uow.session, uow.dialect, {lot_id for line in said for lot_id, _ in line.lots})
        packing = packing_of(order, said, {lot.lot_id: lot for lot in named})
    reasons = {line.line_id: line.reason for line in said or () if line.reason}
    dispatched, told = dispatch(order, packing, reason, uow.now, reasons, may_be_nothing=said is not None)
    await _write(uow, {order_id: order}, {order_id: Dispatched(dispatched, packing)})
    uow.emit(told)
    return Dispatched(dispatched, packing)


async def dispatch_orders(
    uow: UnitOfWork, order_ids: Sequence[str]
) -> tuple[list[Dispatched], list[tuple[str, DomainError]]]:
    """Pack many orders of one cooperative, in the order given; returns the dispatched ones and why others are not."""
    present = await orders.lock(uow.session, uow.dialect, order_ids)
    known = [present[each] for each in order_ids if each in present]
    store = Store(await lots.lock_on_hand(uow.session, uow.dialect, _wanted(known)))
    done: dict[str, Dispatched] = {}
    refused: list[tuple[str, DomainError]] = []
    for place, order_id in enumerate(order_ids):
        try:
            order = _packable(order_id, place, present, known[0].cooperative_id if known else "", done)
            packing = store.pack(order)
            dispatched, told = dispatch(order, packing, LOTS_EXHAUSTED, uow.now)
        except DomainError as error:
            refused.append((order_id, error))
        else:
            done[order_id] = Dispatched(dispatched, packing)
            uow.emit(told)
    await _write(uow, present, done)
    return list(done.values()), refused


def _packable(
    order_id: str, place: int, present: Mapping[str, Order], cooperative_id: str, done: Mapping[str, Dispatched]
) -> Order:
    field = f"order_ids.{place}"
    if order_id not in present:
        raise NotFound("order", order_id, field=field)
    if order_id in done:
        raise DomainError("twice-in-request", "an earlier entry names this order", field=field)
    if present[order_id].cooperative_id != cooperative_id:
        raise DomainError("another-cooperative", f"the first order is {cooperative_id}'s", field=field)
    require_packable(present[order_id])
    return present[order_id]


def _wanted(packed: Sequence[Order]) -> set[tuple[str, str]]:
    return {(order.cooperative_id, line.food_code) for order in packed for line in order.lines if line.confirmed_g}


async def _write(uow: UnitOfWork, before: Mapping[str, Order], done: Mapping[str, Dispatched]) -> None:
    if not done:
        return
    packings = {order_id: each.packing for order_id, each in done.items()}
    changed = [(before[key], each.order) for key, each in done.items()]
    await orders.save(uow.session, changed)
    await webhooks.tell(uow, [fact for was, now in changed for fact in facts_of(was, now)])
    await lots.take(uow.session, uow.dialect, taken_g(packings.values()))
    await queries.insert_packed(uow.session, packings)
