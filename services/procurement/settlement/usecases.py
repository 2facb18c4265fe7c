"""Booking receipts."""

from collections.abc import Mapping, Sequence

import structlog

from services.procurement.disputes import domain as judging
from services.procurement.disputes import queries as disputes
from services.procurement.ledger import queries as ledger
from services.procurement.ledger.domain import Entries, Kind, Transaction
from services.procurement.orders import queries as orders
from services.procurement.orders.domain import SCHOOL_TIME, Order
from services.procurement.partners import queries as partners
from services.procurement.settlement import domain, queries
from services.procurement.settlement.domain import Lot
from services.procurement.terms.agreed import Agreed
from shared.errors import MissingDependency
from shared.events.logistics import ReceiptSigned
from shared.ids import derived_id
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()


async def settle(uow: UnitOfWork, receipts: Sequence[ReceiptSigned], were: Mapping[str, Order] | None = None) -> None:
    """Match receipts with their orders and book them; a higher version of a receipt books the difference.

    `were` are orders (by id) as they stood before the caller noted what was sent: what changes is told against them.
    Raises MissingDependency while a lot or the dispatch is not heard of yet. A version that was booked, or an older
    one, changes nothing.
    """
    newest: dict[str, ReceiptSigned] = {}
    for receipt in receipts:
        present = newest.get(receipt.receipt_id)
        if present is None or receipt.version > present.version:
            newest[receipt.receipt_id] = receipt
    # The orders' locks keep two versions of one receipt from being booked side by side.
    known = await orders.for_update(uow.session, {receipt.order_id for receipt in newest.values()})
    versions = await queries.receipt_versions(uow.session, newest)
    fresh = [
        receipt
        for receipt_id, receipt in sorted(newest.items())
        if receipt.version > versions.get(receipt_id, 0) and _was_placed(receipt, known)
    ]
    if fresh:
        await _book(uow, fresh, known, were or {}, await ledger.earned_for(uow.session, versions))


def _was_placed(receipt: ReceiptSigned, known: dict[str, Order]) -> bool:
    if receipt.order_id not in known:
        log.warning("order-never-placed", order_id=receipt.order_id, receipt_id=receipt.receipt_id)
    return receipt.order_id in known


async def _book(
    uow: UnitOfWork,
    fresh: Sequence[ReceiptSigned],
    known: dict[str, Order],
    were: Mapping[str, Order],
    booked: Mapping[str, Entries],
) -> None:
    lots = await _lots(uow, fresh)
    agreed = await Agreed.read(uow.session, [known[receipt.order_id] for receipt in fresh])
    cases = await disputes.of_receipts(uow.session, [receipt.receipt_id for receipt in fresh])
    today = uow.now.astimezone(SCHOOL_TIME).date()
    matched, transactions, settled, disputed = [], [], [], []
    for receipt in fresh:
        before, own = known[receipt.order_id], cases.get(receipt.receipt_id, {})
        weighed, terms = domain.match(before, receipt), agreed.terms(before)
        order, changed = judging.judge(weighed, receipt, lots, terms, own, uow.now, today)
        held_fen = sum(case.held_fen for case in changed)
        due = domain.owed(order, receipt, lots, held_fen, agreed.shares(order))
        transaction = _transaction(uow, order, receipt, domain.correction(due, booked.get(receipt.receipt_id, {})))
        matched.append(order)
        transactions.append(transaction)
        disputed += changed
        if any(account.kind is not Kind.SCHOOL for account in transaction.entries):
            was = were.get(order.order_id, before)
            uow.emit(domain.told_of_settling(transaction, was, order, uow.now))
        if (due_now := domain.settlement_of(transaction, order, terms.due_on(order.delivery_day))) is not None:
            settled.append(due_now)
    await orders.save(uow.session, matched)
    await disputes.save(uow, disputed)
    await queries.keep_versions(uow, transactions)
    await ledger.book(uow.session, transactions)
    await queries.add_settlements(uow.session, settled)


async def _lots(uow: UnitOfWork, receipts: Sequence[ReceiptSigned]) -> dict[str, Lot]:
    wanted = {lot.lot_id for receipt in receipts for line in receipt.lines for lot in line.lots}
    found = await partners.contributions_of(uow.session, wanted)
    if missing := wanted - found.keys():
        raise MissingDependency("lot", min(missing))
    return {lot_id: Lot(grams, tuple(brought)) for lot_id, (grams, brought) in found.items()}


def _transaction(uow: UnitOfWork, order: Order, receipt: ReceiptSigned, entries: Entries) -> Transaction:
    return Transaction(
        transaction_id=derived_id("settlement", receipt.receipt_id, receipt.version),
        receipt_id=receipt.receipt_id,
        receipt_version=receipt.version,
        order_id=order.order_id,
        county_code=order.county_code,
        delivery_day=order.delivery_day,
        booked_at=uow.now,
        entries=entries,
    )
