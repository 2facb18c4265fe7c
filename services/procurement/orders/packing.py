"""What cooperatives packed: less than they promised is sourced again at once, more than is wanted counts again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.procurement.compensation import usecases as compensation
from services.procurement.demand import domain as demand
from services.procurement.demand.book import Book
from services.procurement.orders import dispatching, facts, lots, queries
from services.procurement.orders.dispatching import Packing
from services.procurement.orders.domain import Lost, Order, Release
from services.procurement.orders.losses import Reasons, today
from services.procurement.orders.usecases import displace, give_back_to_offers, locked
from services.procurement.orders.versions import Author
from services.procurement.rules import queries as rules
from services.procurement.turns import lots_are_packed, take_turn
from shared.ids import derived_id
from shared.unit_of_work import UnitOfWork

CROSSED = Author("supplier", "packed before it heard that less was wanted")


async def note_dispatches(uow: UnitOfWork, packings: Sequence[Packing], answer_hours: int) -> None:
    """Note what cooperatives packed; of an order the first packing counts.

    What was packed short is sourced again at once, from other offers: a day that began is too late, there it is unmet.
    The offer keeps it as taken, for its cooperative does not have it. Grams taken back while they were being packed
    count again. What was packed from a recalled lot does not come.
    """
    by_order: dict[str, Packing] = {}
    for packing in packings:
        by_order.setdefault(packing.order_id, packing)
    await lots_are_packed(uow)
    recalled = await _recalled(uow, by_order)
    may_be_short = await _may_be_short(uow, by_order, recalled)
    if may_be_short:
        await take_turn(uow)
    book = await Book.open(uow, may_be_short)
    changed, crossed, crossing, missing = [], [], [], []
    for order in (await locked(uow, by_order)).values():
        packed, more, less = dispatching.dispatch(order, by_order[order.order_id])
        if packed is order:
            continue
        if more:
            packed = await _owed_less(uow, order, packed)
            uow.emit(facts.told_of_confirming(packed, uow.now))
            crossing.append((order, packed))
        packed, lost = dispatching.lose(packed, recalled.get(order.order_id, {}), Lost.RECALLED, today(uow))
        changed.append(packed)
        crossed += more
        missing += less + lost
    await queries.save(uow.session, changed)
    await lots.keep_packed(uow, {order.order_id: by_order[order.order_id].lots for order in changed})
    await compensation.book(uow, crossing)
    await queries.keep_versions(uow.session, [packed for _, packed in crossing], CROSSED, uow.now)
    if crossed:
        await _take_in(uow, book, crossed)
    cause = derived_id("packed", *(order.order_id for order in changed))
    await displace(uow, book, missing, cause, answer_hours)
    if crossed and not missing:
        await book.save(uow)


async def _recalled(uow: UnitOfWork, packings: Mapping[str, Packing]) -> Reasons:
    """Return why lines are packed from a lot that was recalled before we heard of the packing, by order and line."""
    named = {lot_id for packing in packings.values() for of_line in packing.lots.values() for lot_id in of_line}
    why = await lots.recalled_among(uow.session, named)
    found: dict[str, dict[str, str]] = {}
    for order_id, packing in packings.items() if why else ():
        for line_id, of_line in packing.lots.items():
            for lot_id in sorted(of_line & why.keys())[:1]:
                found.setdefault(order_id, {})[line_id] = why[lot_id]
    return found


async def _may_be_short(uow: UnitOfWork, packings: Mapping[str, Packing], recalled: Reasons) -> set[str]:
    """Return the demand lines to lock: what changes until then only makes what is missing smaller."""
    lines = await queries.lines_of(uow.session, packings)
    return {
        line.demand_id
        for order_id, of_order in lines.items()
        for line in of_order
        if packings[order_id].dispatched_g.get(line.line_id, 0) < (line.confirmed_g or line.ordered_g)
        or line.line_id in recalled.get(order_id, {})
    }


async def _owed_less(uow: UnitOfWork, order: Order, packed: Order) -> Order:
    if not order.owed_fen:
        return packed
    rule = (await rules.rules_of(uow.session, [order.county_code])).holding(order.county_code, order.delivery_day)
    return replace(packed, owed_fen=dispatching.owed_after_packing(order, packed, rule))


async def _take_in(uow: UnitOfWork, book: Book, crossed: Sequence[Release]) -> None:
    """Count grams again that were packed while they were being taken back.

    Here demand is locked after orders, against the rule: that is so rare that a deadlock, which is tried again, is
    cheaper than locking the demand of every dispatch.
    """
    await take_turn(uow)
    await book.lock(uow, {each.demand_id for each in crossed})
    for each in crossed:
        book.put(demand.take_in(book.lines[each.demand_id], each.quantity_g))
    await give_back_to_offers(uow, [replace(each, quantity_g=-each.quantity_g) for each in crossed])
