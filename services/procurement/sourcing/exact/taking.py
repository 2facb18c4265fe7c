"""Taking the exact answer: orders that change are called off or lowered and given anew, all at once or not at all."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.procurement.demand import domain as demand
from services.procurement.demand.book import Book
from services.procurement.orders import domain as ordering
from services.procurement.orders import facts
from services.procurement.orders import queries as orders
from services.procurement.orders.domain import Order, Party, Release, Supplier
from services.procurement.orders.states import Status
from services.procurement.orders.usecases import give_back_to_offers
from services.procurement.orders.versions import Author
from services.procurement.rules import queries as ordering_rules
from services.procurement.sourcing import domain as sourcing
from services.procurement.sourcing import queries as sourcing_queries
from services.procurement.sourcing import usecases as runs
from services.procurement.sourcing.checking import check
from services.procurement.sourcing.domain import Cause
from services.procurement.sourcing.exact import queries
from services.procurement.sourcing.exact.domain import Change, allocation_of
from services.procurement.sourcing.placing import place, read_market
from services.procurement.turns import take_turn
from shared.errors import Conflict, NotFound, StaleVersion
from shared.unit_of_work import UnitOfWork


async def take(uow: UnitOfWork, run_id: str, author: Author, expected_version: int | None, answer_hours: int) -> None:
    """Order what a comparison found instead of what it would replace.

    The checker proves it once more on the market as it is now. Raises NotFound, StaleVersion, Conflict `already-taken`,
    `difference-replaced`, `difference-lapsed`, `nothing-to-change`, `ordering-closed`, `market-changed`.
    """
    await take_turn(uow)
    row = await difference_of(uow, run_id)
    _require_open(row, expected_version, uow.now)
    changes = await queries.all_changes(uow.session, run_id)
    book = await Book.open(uow, {change.demand_id for change in changes})
    await _call_off(uow, book, changes, author)
    lines = [book.lines[key] for key in sorted(book.lines)]
    market = await read_market(uow.session, lines, sourcing.earliest_day(uow.now))
    allocation = allocation_of(market, changes)
    for fault in check(market, allocation):
        raise Conflict("market-changed", f"what was found no longer keeps all rules: {fault}", field="run_id")
    sourced = await place(uow, book, market, allocation, Cause(run_id, 0, uow.now, answer_hours), author)
    if sum(sourced.taken_g.values()) < sum(piece.quantity_g for piece in allocation.pieces):
        raise Conflict("market-changed", "an offer no longer has what was found", field="run_id")
    await book.save(uow)
    await sourcing_queries.count(uow.session, run_id, sourcing.sums_of(sourced))
    await queries.note_taken(uow.session, run_id, row.version + 1, uow.now)


async def difference_of(uow: UnitOfWork, run_id: str) -> Any:
    """Return what a run found. Raises NotFound: there is no such run, or it compared nothing."""
    await runs.account_of(uow, run_id)
    row = await queries.difference(uow.session, run_id)
    if row is None:
        raise NotFound("difference-of-this-run", run_id, field="run_id")
    return row


def _require_open(row: Any, expected_version: int | None, now: datetime) -> None:
    if expected_version is not None and expected_version != row.version:
        raise StaleVersion(expected_version, row.version)
    if row.taken_at is not None:
        raise Conflict("already-taken", f"this was taken at {row.taken_at}", field="run_id")
    if row.replaced_by is not None:
        detail = f"run {row.replaced_by} compared the week again: take what that found"
        raise Conflict("difference-replaced", detail, field="run_id")
    if not row.changes:
        raise Conflict("nothing-to-change", "what is ordered is what was found", field="run_id")
    if now >= row.good_until:
        raise Conflict("difference-lapsed", f"this could be taken until {row.good_until}", field="run_id")


async def _call_off(uow: UnitOfWork, book: Book, changes: Sequence[Change], author: Author) -> None:
    """Take back what orders hold where something changes. Raises Conflict when that is not what was compared."""
    wanted = {(change.demand_id, change.offer_id): change.before_g for change in changes}
    found = await orders.for_update(uow.session, await orders.ids_for_demand(uow.session, book.lines))
    waiting = [
        each for each in found.values() if each.status is Status.PLACED and each.supplier is Supplier.COOPERATIVE
    ]
    cuts, held = _cuts(waiting, wanted)
    if any(held.get(place, 0) != grams for place, grams in wanted.items()):
        raise Conflict("market-changed", "orders were answered or changed since they were compared", field="run_id")
    known = await ordering_rules.rules_of(uow.session, {order.county_code for order in waiting})
    changed: list[Order] = []
    released: list[Release] = []
    for order in (each for each in waiting if each.order_id in cuts):
        rule = known.holding(order.county_code, order.delivery_day)
        ordering.owed_for_calling_off(order, 0, rule, Party.SCHOOL, uow.now)
        reduced, given_back = ordering.reduce(order, cuts[order.order_id])
        changed.append(reduced)
        released += given_back
        uow.emit(*facts.told_of_taking_back(reduced, author.why, uow.now))
    await orders.save(uow.session, changed)
    await orders.keep_versions(uow.session, changed, author, uow.now)
    for release in released:
        book.put(demand.give_back(book.lines[release.demand_id], release.quantity_g))
    await give_back_to_offers(uow, released)


def _cuts(
    waiting: Sequence[Order], wanted: Mapping[tuple[str, str], int]
) -> tuple[dict[str, dict[str, int]], dict[tuple[str, str], int]]:
    """Return the grams to take off each order's lines, and what they hold by demand line and offer."""
    cuts: dict[str, dict[str, int]] = {}
    held: dict[tuple[str, str], int] = defaultdict(int)
    for order in waiting:
        for line in order.lines:
            grams = order.standing_g(line)
            if grams and (line.demand_id, line.offer_id) in wanted:
                cuts.setdefault(order.order_id, {})[line.line_id] = grams
                held[line.demand_id, line.offer_id] += grams
    return cuts, held
