"""Everything that can happen to an order after it was placed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from services.procurement.compensation import usecases as compensation
from services.procurement.demand import domain as demand
from services.procurement.demand import queries as demand_queries
from services.procurement.demand.book import Book
from services.procurement.market.models import market_supplier
from services.procurement.orders import dispatching, domain, facts, queries
from services.procurement.orders.document import Called
from services.procurement.orders.domain import Order, Party, Release
from services.procurement.orders.states import Status
from services.procurement.orders.versions import Author
from services.procurement.partners import queries as partners
from services.procurement.partners.models import canteen, cooperative, food
from services.procurement.rules import queries as rules
from services.procurement.sourcing.placing import source_now
from services.procurement.tenants import decides_for
from services.procurement.turns import take_turn
from shared.errors import Forbidden, NotFound
from shared.ids import derived_id
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()

ANSWERED = Author("supplier", "answered")


@dataclass(frozen=True, slots=True)
class Answer:
    """A cooperative's answer: confirmed grams per line; lines that are not named are declined."""

    order_id: str
    confirmed_g: Mapping[str, int]


async def take_answers(uow: UnitOfWork, answers: Sequence[Answer], answer_hours: int) -> None:
    """Take answers to orders; what they leave out is sourced again at once, not from the offers that were cut short.

    Of two answers to an order the first counts; an answer to an order that was called off is noted and passed over.
    """
    by_order: dict[str, Answer] = {}
    for answer in answers:
        by_order.setdefault(answer.order_id, answer)
    may_fall_short = await _may_fall_short(uow, by_order)
    if may_fall_short:
        await take_turn(uow)
    book = await Book.open(uow, may_fall_short)
    orders = await locked(uow, by_order)
    changed, short = [], []
    for order in orders.values():
        answered, left_out = domain.answer(order, by_order[order.order_id].confirmed_g, uow.now)
        if answered is order:
            log.info("answer-passed-over", order_id=order.order_id, status=order.status.value)
            continue
        changed.append(answered)
        short += left_out
        if answered.status is Status.CONFIRMED and answered.is_told:
            uow.emit(facts.told_of_confirming(answered, uow.now))
    await queries.save(uow.session, changed)
    await queries.keep_versions(uow.session, changed, ANSWERED, uow.now)
    cause = derived_id("answers", *(f"{order.order_id} {order.version}" for order in changed))
    await source_again(uow, book, short, cause, answer_hours)


async def _may_fall_short(uow: UnitOfWork, answers: Mapping[str, Answer]) -> set[str]:
    """Return the demand lines to lock: an amendment in between only makes what an answer leaves out smaller."""
    lines = await queries.lines_of(uow.session, answers)
    return {
        line.demand_id
        for order_id, of_order in lines.items()
        for line in of_order
        if answers[order_id].confirmed_g.get(line.line_id, 0) < line.ordered_g
    }


async def locked(uow: UnitOfWork, order_ids: Iterable[str]) -> dict[str, Order]:
    """Lock orders that others speak of. One that was never placed here is noted and passed over."""
    wanted = set(order_ids)
    orders = await queries.for_update(uow.session, wanted)
    for order_id in wanted - orders.keys():
        log.warning("order-never-placed", order_id=order_id)
    return orders


async def source_again(uow: UnitOfWork, book: Book, released: Sequence[Release], cause: str, answer_hours: int) -> None:
    """Give grams back to demand and offers, exclude those offers for those lines, and source the lines at once."""
    await give_back_to_offers(uow, released)
    await displace(uow, book, released, cause, answer_hours)


async def displace(uow: UnitOfWork, book: Book, released: Sequence[Release], cause: str, answer_hours: int) -> None:
    """Give grams back to demand, exclude their offers for those lines, source the lines at once and save the book."""
    if not released:
        return
    for release in released:
        book.put(demand.give_back(book.lines[release.demand_id], release.quantity_g))
    await demand_queries.exclude(uow, [(each.demand_id, each.offer_id) for each in released], uow.now)
    await source_now(uow, book, {each.demand_id for each in released}, cause, answer_hours)
    await book.save(uow)


async def give_back_to_offers(uow: UnitOfWork, released: Iterable[Release]) -> None:
    """Take grams off what is allocated of their offers."""
    back: dict[str, int] = defaultdict(int)
    for release in released:
        back[release.offer_id] -= release.quantity_g
    await partners.allocate(uow.session, back)


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody changes an order by hand: on whose side, by what name, and why."""

    by: Party
    name: str
    reason: str

    @property
    def author(self) -> Author:
        """Who is named with the version that comes of it."""
        return Author(f"{self.by}: {self.name}" if self.name else str(self.by), self.reason)


async def cancel_order(
    uow: UnitOfWork, order_id: str, call: Call, expected_version: int | None, answer_hours: int
) -> Order:
    """Call an order off; its grams are sourced again at once from others.

    After ordering closed only an official may, and the supplier is owed its part of what was confirmed.
    Raises NotFound, Conflict `too-late-to-cancel`, `ordering-closed`, StaleVersion. A cancelled order stays as it is.
    """
    book, order = await _in_hand(uow, order_id)
    cancelled, released = domain.cancel(order, expected_version)
    if cancelled is order:
        return order
    return await _call_off(uow, book, (order, cancelled), released, call, answer_hours)


async def lower_order(
    uow: UnitOfWork,
    order_id: str,
    lowered_g: Mapping[str, int],
    call: Call,
    expected_version: int | None,
    answer_hours: int,
) -> Order:
    """Lower lines of an order to these grams (a line that is not named stays); the rest is sourced from others.

    Raises NotFound, DomainError `unknown-line`, `not-lower`, and what :func:`cancel_order` raises.
    """
    book, order = await _in_hand(uow, order_id)
    domain.check_version(order, expected_version)
    lowered, released = domain.lower(order, lowered_g)
    return await _call_off(uow, book, (order, lowered), released, call, answer_hours)


async def _in_hand(uow: UnitOfWork, order_id: str) -> tuple[Book, Order]:
    await take_turn(uow)
    book = await Book.open(uow, await queries.demand_of(uow.session, [order_id]))
    order = (await queries.for_update(uow.session, [order_id])).get(order_id)
    if order is None:
        raise NotFound("order", order_id, field="order_id")
    return book, order


async def _call_off(
    uow: UnitOfWork,
    book: Book,
    change: tuple[Order, Order],
    released: Sequence[Release],
    call: Call,
    answer_hours: int,
) -> Order:
    before, after = change
    if call.by is Party.OFFICIAL and not decides_for(uow.principal, before.county_code):
        raise Forbidden("not-an-official", "only an official changes an order as one", field="by")
    rule = (await rules.rules_of(uow.session, [before.county_code])).holding(before.county_code, before.delivery_day)
    called_off_fen = before.confirmed_fen - (0 if after.status is Status.CANCELLED else after.confirmed_fen)
    owed = domain.owed_for_calling_off(before, called_off_fen, rule, call.by, uow.now)
    changed = replace(after, owed_fen=before.owed_fen + owed)
    await queries.save(uow.session, [changed])
    await compensation.book(uow, [(before, changed)])
    await queries.keep_versions(uow.session, [changed], call.author, uow.now)
    _tell_of_taking_back(uow, before, changed, call.reason)
    await source_again(uow, book, released, derived_id("called-off", before.order_id, changed.version), answer_hours)
    return changed


def _tell_of_taking_back(uow: UnitOfWork, before: Order, after: Order, reason: str) -> None:
    """Tell what was taken back; nobody has heard of a draft."""
    if before.status is not Status.DRAFT and before.is_told:
        uow.emit(*facts.told_of_taking_back(after, reason, uow.now))


async def take_back_surplus(uow: UnitOfWork, book: Book, reason: str) -> None:
    """Reduce or cancel orders until no line of the book has more than it needs, as far as orders can be taken back.

    For days whose ordering has closed they cannot: the surplus comes, and is shown as such.
    """
    found = {key: line for key, line in book.lines.items() if line.surplus_g}
    if not found:
        return
    known = await rules.rules_of(uow.session, {line.county_code for line in found.values()})
    surplus = {
        key: line.surplus_g
        for key, line in found.items()
        if not known.has_closed(line.county_code, line.delivery_day, uow.now)
    }
    orders = await queries.for_update(uow.session, await queries.ids_for_demand(uow.session, surplus))
    changed, released = [], []
    for order_id, cuts in sorted(domain.choose_cuts(orders.values(), surplus).items()):
        reduced, given_back = domain.reduce(orders[order_id], cuts)
        changed.append(reduced)
        released += given_back
        _tell_of_taking_back(uow, orders[order_id], reduced, reason)
    await queries.save(uow.session, changed)
    await queries.keep_versions(uow.session, changed, Author("school", reason), uow.now)
    for release in released:
        book.put(demand.give_back(book.lines[release.demand_id], release.quantity_g))
    await give_back_to_offers(uow, released)


async def note_loading(uow: UnitOfWork, order_ids: Iterable[str]) -> None:
    """Note that orders are on a vehicle."""
    orders = await locked(uow, order_ids)
    loaded = [dispatching.load(order) for order in orders.values()]
    await queries.save_heads(uow.session, [order for order in loaded if order is not orders[order.order_id]])


async def order_of(uow: UnitOfWork, order_id: str) -> Order:
    """Return an order. Raises NotFound."""
    order = await queries.one(uow.session, order_id)
    if order is None:
        raise NotFound("order", order_id, field="order_id")
    return order


async def orders_page(
    uow: UnitOfWork, paging: Paging, wanted: Mapping[str, object], window: queries.Window
) -> list[Order]:
    """Return a page of orders (one more than asked for)."""
    return await queries.page(uow.session, paging, wanted, window)


async def called(uow: UnitOfWork, order: Order) -> Called:
    """Return what stands on an order's document beside its figures: names, and packs."""
    session = uow.session
    schools = await partners.names_of(session, canteen, [order.canteen_id])
    kind = cooperative if order.is_told else market_supplier
    suppliers = await partners.names_of(session, kind, [order.cooperative_id])
    return Called(
        school=schools.get(order.canteen_id, ("", "")),
        supplier=suppliers.get(order.cooperative_id, ("", "")),
        foods=await partners.names_of(session, food, [line.food_code for line in order.lines]),
        packs_g=await partners.packs_of(session, [line.offer_id for line in order.lines]),
    )
