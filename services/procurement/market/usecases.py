"""Ordering from the licensed market supplier, its answers by an official's hand, and what it brings to the gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.procurement.demand import domain as demand
from services.procurement.demand import queries as demand_queries
from services.procurement.demand.book import Book
from services.procurement.market import domain, queries
from services.procurement.market.domain import Cause, Delivered, Left, MarketSupplier
from services.procurement.orders import queries as order_queries
from services.procurement.orders.domain import Order
from services.procurement.orders.placing import place_orders
from services.procurement.orders.states import Status
from services.procurement.orders.usecases import Answer, take_answers
from services.procurement.orders.versions import Author
from services.procurement.partners import queries as partners
from services.procurement.prices import usecases as prices
from services.procurement.settlement import queries as settlement_queries
from services.procurement.settlement.usecases import settle
from services.procurement.sourcing.domain import earliest_day
from services.procurement.turns import take_turn
from shared.bulk import Imported, refuse
from shared.errors import Conflict, DomainError, NotFound
from shared.ids import derived_id, new_id
from shared.unit_of_work import UnitOfWork

SCHOOL_WEEK = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Rest:
    """What is wanted: what nobody had of a county's week."""

    county_code: str
    week_start: date


async def put_suppliers(uow: UnitOfWork, rows: Sequence[tuple[int, MarketSupplier]]) -> Imported:
    """Register licensed suppliers or change their particulars; bad rows are named."""
    done = Imported()
    wanted: dict[str, MarketSupplier] = {}
    known = await partners.counties_of(uow.session, [supplier.supplier_id for _, supplier in rows])
    for index, supplier in rows:
        try:
            domain.check_row(supplier, wanted, known)
        except DomainError as error:
            done.refused.append(refuse(index, error))
        else:
            wanted[supplier.supplier_id] = supplier
    present = await queries.present(uow.session, wanted)
    changed = [supplier for key, supplier in wanted.items() if present.get(key) != supplier]
    await queries.put(uow, changed)
    done.created = len(wanted.keys() - present.keys())
    done.changed = len(changed) - done.created
    done.unchanged = len(wanted) - len(changed)
    return done


async def order_rest(uow: UnitOfWork, rest: Rest, author: Author, answer_hours: int) -> tuple[list[Order], list[Left]]:
    """Order from the county's licensed supplier what nobody had of a week, at reference prices.

    Returns the orders (above the county's limit they wait for approval as any other), and what is left with its rule.
    Raises DomainError `not-a-monday`.
    """
    if rest.week_start.weekday() != 0:
        raise DomainError("not-a-monday", f"{rest.week_start} is no Monday", field="week_start")
    await take_turn(uow)
    first = max(rest.week_start, earliest_day(uow.now))
    found = await demand_queries.lines_to_source(
        uow.session, rest.county_code, first, rest.week_start + SCHOOL_WEEK, unmet_too=True
    )
    book = await Book.open(uow, [line.demand_id for line in found if line.unmet_g])
    short = [line for line in book.lines.values() if line.unmet_g]
    suppliers = await queries.suppliers(uow.session, rest.county_code)
    references = await prices.beside(uow, {(line.food_code, line.county_code, line.delivery_day) for line in short})
    cause = Cause(derived_id("market", new_id()), uow.now, answer_hours)
    orders, left = domain.order_rest(short, suppliers, references, cause)
    placed = await place_orders(uow, orders, author)
    for order in placed:
        for line in order.lines:
            present = book.lines[line.demand_id]
            book.put(demand.source(present, line.ordered_g, present.unmet_g - line.ordered_g))
    await book.save(uow)
    return placed, left


async def answer_for_supplier(
    uow: UnitOfWork, order_id: str, confirmed_g: Mapping[str, int], answer_hours: int
) -> Order:
    """Note what the supplier confirms; what it leaves out is sourced again at once.

    Raises NotFound, Conflict `not-a-market-order`, `not-waiting`.
    """
    order = await _market_order(uow, order_id)
    if order.status is not Status.PLACED:
        raise Conflict("not-waiting", f"order {order_id} is {order.status}, it waits for no answer", field="order_id")
    if unknown := confirmed_g.keys() - {line.line_id for line in order.lines}:
        raise DomainError("unknown-line", f"the order has no line {min(unknown)}", field="lines")
    await take_answers(uow, [Answer(order_id, confirmed_g)], answer_hours)
    return await _market_order(uow, order_id)


async def receive(uow: UnitOfWork, order_id: str, delivered: Sequence[Delivered], signers: Sequence[str]) -> Order:
    """Take in what the supplier brought to the gate, settle it and tell the school's store; again, it is a correction.

    Raises NotFound, DomainError with the rule of the gate that is broken.
    """
    await _market_order(uow, order_id)
    order = (await order_queries.for_update(uow.session, [order_id]))[order_id]
    domain.require_delivered(order, delivered, signers)
    sent = {each.line_id: each.dispatched_g for each in delivered}
    # What a correction changes is weighed anew below; until then nothing is received beyond what was sent.
    lines = tuple(
        replace(line, dispatched_g=sent.get(line.line_id, 0), received_g=0, accepted_g=0) for line in order.lines
    )
    status = Status.DISPATCHED if order.status is Status.CONFIRMED else order.status
    sent_order = order.becomes(status, dispatched_at=order.dispatched_at or uow.now, lines=lines)
    await order_queries.save(uow.session, [sent_order])
    receipt = domain.receipt_of(order, 1, delivered, signers, uow.now)
    versions = await settlement_queries.receipt_versions(uow.session, [receipt.receipt_id])
    signed = receipt.model_copy(update={"version": versions.get(receipt.receipt_id, 0) + 1})
    await settle(uow, [signed], {order_id: order})
    uow.emit(domain.told_of_receiving(signed))
    return await _market_order(uow, order_id)


async def _market_order(uow: UnitOfWork, order_id: str) -> Order:
    order = await order_queries.one(uow.session, order_id)
    if order is None:
        raise NotFound("order", order_id, field="order_id")
    domain.require_market(order)
    return order
