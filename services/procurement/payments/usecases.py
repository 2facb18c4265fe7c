"""What can happen to what is due: it is paid to the cooperative, and passed on to its households."""

from collections import defaultdict
from collections.abc import Sequence

import structlog

from services.procurement.ledger import queries as ledger
from services.procurement.market import queries as market
from services.procurement.months import Month
from services.procurement.orders.domain import SCHOOL_TIME
from services.procurement.paymentfiles import queries as files
from services.procurement.payments import domain, queries
from services.procurement.payments.domain import Asked, Payment
from services.procurement.settlement.domain import Purpose, Settlement
from services.procurement.tenants import paid_by
from shared.errors import AlreadyDone, DomainError, NotFound
from shared.events.farmers import HouseholdsPaid
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()


async def confirm(uow: UnitOfWork, asked: Asked, file_id: str | None = None) -> Payment:
    """Confirm that a cooperative was paid, with a file or by itself; said again with the same reference it stays one.

    Nobody is told of what was paid for calling off late: no household waits for any of it. What lies in an open file
    is with the bank: a month is paid without it.
    Raises NotFound, AlreadyDone when the reference paid something else, Conflict `in-payment-file`, and what the rules
    refuse.
    """
    domain.check_asked(asked, uow.now.astimezone(SCHOOL_TIME).date())
    due = await _due(uow, asked)
    # Looked for behind the locks: whoever confirms the same at the same moment has waited there.
    known = await queries.one(uow.session, asked.payment_id)
    if known is not None:
        return _the_same(known, asked)
    filed = await files.in_open_files(uow.session, [each.settlement_id for each in due], file_id)
    due = domain.without_filed(asked, due, filed)
    payment = domain.make_payment(asked, due, uow.now)
    if not await queries.add(uow, payment):
        return _the_same(await _read(uow, payment.payment_id), asked)
    left = await ledger.left_of(uow.session, payment.amounts_fen)
    paid = [
        domain.pay(each, payment.amounts_fen[each.settlement_id], left[each.settlement_id], payment) for each in due
    ]
    await ledger.book(uow.session, [transaction for _, transaction in paid])
    await queries.save(uow.session, [settlement for settlement, _ in paid])
    if payment.purpose == Purpose.FOOD:
        uow.emit(payment.told())
    return payment


async def _due(uow: UnitOfWork, asked: Asked) -> list[Settlement]:
    if asked.month is not None:
        # A cooperative near a border delivers to schools of several counties; each pays what it owes.
        counties = paid_by(uow.principal)
        month = Month.of(asked.month)
        due = await queries.lock_open(uow.session, asked.cooperative_id, month, asked.purpose, counties)
        if not due and not await market.counties_of_suppliers(uow, [asked.cooperative_id]):
            raise NotFound("cooperative", asked.cooperative_id, field="cooperative_id")
        return due
    found = await queries.lock(uow.session, asked.amounts_fen or {})
    for settlement_id in asked.amounts_fen or {}:
        if settlement_id not in found:
            raise NotFound("settlement", settlement_id, field="settlements")
        if found[settlement_id].cooperative_id != asked.cooperative_id:
            detail = f"settlement {settlement_id} is not of cooperative {asked.cooperative_id}"
            raise DomainError("of-another-cooperative", detail, field="settlements")
    return list(found.values())


def _the_same(known: Payment, asked: Asked) -> Payment:
    if known.asked != asked.fingerprint:
        detail = f"reference {asked.reference} was confirmed for something else"
        raise AlreadyDone("reference-used", detail, field="reference")
    return known


async def _read(uow: UnitOfWork, payment_id: str) -> Payment:
    payment = await queries.one(uow.session, payment_id)
    if payment is None:
        raise NotFound("payment", payment_id, field="payment_id")
    return payment


async def payment_of(uow: UnitOfWork, payment_id: str) -> Payment:
    """Return a payment. Raises NotFound."""
    return await _read(uow, payment_id)


async def pass_on(uow: UnitOfWork, payouts: Sequence[HouseholdsPaid]) -> None:
    """Book what cooperatives paid their households; each is told once.

    A settlement that was never told here is noted and passed over: nobody can say whose money that was.
    """
    parts: dict[tuple[str, str], dict[str, int]] = {}
    for event in payouts:
        of_event: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for part in event.payouts:
            of_event[part.settlement_id][part.household_id] += part.amount_fen
        parts |= {
            (event.payout_id, settlement_id): dict(of_household) for settlement_id, of_household in of_event.items()
        }
    due = await queries.lock(uow.session, {settlement_id for _, settlement_id in parts})
    booked = []
    for (payout_id, settlement_id), parts_fen in sorted(parts.items()):
        if settlement_id not in due:
            log.warning("settlement-never-recorded", settlement_id=settlement_id, payout_id=payout_id)
            continue
        due[settlement_id], transaction = domain.pass_on(due[settlement_id], parts_fen, payout_id, uow.now)
        booked.append(transaction)
    await ledger.book(uow.session, booked)
    await queries.save(uow.session, list(due.values()))
