"""What can happen to disputes: both sides state their view, an official decides."""

from dataclasses import replace

from services.procurement.disputes import domain, queries
from services.procurement.disputes.domain import Decision, Dispute, Side
from services.procurement.ledger import queries as ledger
from services.procurement.ledger.domain import NOTHING, Account, Booked, Booking, Kind, Transaction
from services.procurement.orders import queries as orders
from services.procurement.orders.domain import SCHOOL_TIME, Order
from services.procurement.settlement import domain as settling
from services.procurement.settlement import queries as settlements
from services.procurement.terms.agreed import Agreed
from shared.auth.principal import Principal, Role
from shared.errors import Forbidden, NotFound
from shared.ids import derived_id
from shared.unit_of_work import UnitOfWork


async def state(uow: UnitOfWork, dispute_id: str, side: Side, text: str, expected_version: int | None) -> Dispute:
    """Take down what a side says to a dispute. Raises NotFound, Forbidden, Conflict `dispute-over`, StaleVersion."""
    dispute, _ = await _locked(uow, dispute_id)
    if not _speaks_for(uow.principal, dispute, side):
        raise Forbidden("other-side", "a side speaks for itself", field="side")
    stated = domain.state(dispute, side, text, expected_version)
    await queries.save(uow, [stated])
    return stated


async def decide(
    uow: UnitOfWork,
    dispute_id: str,
    decision: Decision,
    amount_fen: int | None,
    by: str,
    reason: str,
    expected_version: int | None,
) -> Dispute:
    """Decide what a line is paid: what is held back goes to those who are due it, or back to the school.

    Raises NotFound, Conflict `dispute-over`, StaleVersion, DomainError `amount`.
    """
    dispute, order = await _locked(uow, dispute_id)
    decided = domain.decide(dispute, decision, amount_fen, by, reason, uow.now, expected_version)
    await _book(uow, decided, order)
    await queries.save(uow, [decided])
    return decided


def _speaks_for(principal: Principal | None, dispute: Dispute, side: Side) -> bool:
    """Whether somebody is of a side, or nobody in particular."""
    if principal is None or principal.bounds(set(Role)) is None:
        return True
    if side is Side.SCHOOL:
        return dispute.canteen_id in principal.canteens
    return dispute.cooperative_id in principal.cooperatives


async def _locked(uow: UnitOfWork, dispute_id: str) -> tuple[Dispute, Order]:
    """Lock a dispute's order: whoever books a receipt of it waits there, too."""
    dispute = await queries.one(uow.session, dispute_id)
    if dispute is None:
        raise NotFound("dispute", dispute_id, field="dispute_id")
    order = (await orders.for_update(uow.session, [dispute.order_id]))[dispute.order_id]
    return await queries.one(uow.session, dispute_id) or dispute, order


async def _book(uow: UnitOfWork, decided: Dispute, order: Order) -> None:
    agreed = await Agreed.read(uow.session, [order])
    after = replace(
        order,
        lines=tuple(
            replace(line, amount_fen=decided.amount_fen or 0) if line.line_id == decided.line_id else line
            for line in order.lines
        ),
    )
    cases = (await queries.of_receipts(uow.session, [decided.receipt_id]))[decided.receipt_id]
    held_fen = sum(case.held_fen for case in cases.values() if case.dispute_id != decided.dispute_id)
    booked = (await ledger.earned_for(uow.session, [decided.receipt_id]))[decided.receipt_id]
    due: dict[Account, Booked] = {
        account: amount for account, amount in booked.items() if account.kind is not Kind.SCHOOL
    }
    for account, fen in domain.more_paid(decided).items():
        due[account] = due.get(account, NOTHING) + Booked(fen, 0)
    due |= settling.school_side(after, held_fen, agreed.shares(order))
    transaction = Transaction(
        transaction_id=derived_id("decision", decided.dispute_id, decided.version),
        receipt_id=decided.receipt_id,
        receipt_version=0,
        order_id=order.order_id,
        county_code=order.county_code,
        delivery_day=order.delivery_day,
        booked_at=uow.now,
        entries=settling.correction(due, booked),
        kind=Booking.DECISION,
        source_id=decided.dispute_id,
    )
    await ledger.book(uow.session, [transaction])
    due_on = agreed.terms(order).due_on(uow.now.astimezone(SCHOOL_TIME).date())
    settled = settling.settlement_of(transaction, order, due_on)
    if settled is not None:
        await settlements.add_settlements(uow.session, [settled])
        uow.emit(settling.told_of_settling(transaction, order, after, uow.now))
    await orders.save(uow.session, [after])


async def dispute_of(uow: UnitOfWork, dispute_id: str) -> Dispute:
    """Return a dispute. Raises NotFound."""
    dispute = await queries.one(uow.session, dispute_id)
    if dispute is None:
        raise NotFound("dispute", dispute_id, field="dispute_id")
    return dispute
