"""What can happen to payouts: a clerk records that households were paid, or that they were not after all.

Whoever does locks the cooperative first: two clerks take turns, and the second finds nothing left to pay.
"""

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.income import payments
from services.farmers.payouts import domain, queries
from services.farmers.payouts.domain import Asked, Payout, Reversal
from shared.errors import DomainError, NotFound
from shared.unit_of_work import UnitOfWork


async def pay_households(uow: UnitOfWork, asked: Asked) -> Payout:
    """Record that a cooperative paid its households what waits for them; recorded before, it changes nothing.

    Raises DomainError or Conflict where there is nothing to pay, see `domain.choose`.
    """
    if asked.cooperative_id not in await cooperatives.lock(uow.session, uow.dialect, [asked.cooperative_id]):
        raise NotFound("cooperative", asked.cooperative_id, field="cooperative_id")
    if (known := await queries.find(uow.session, asked.payout_id)) is not None:
        domain.require_same(known, asked.said)
        return known
    of_payment = await _of_payment(uow, asked)
    unpaid = await queries.unpaid(uow.session, asked.cooperative_id, asked.household_ids)
    parts = domain.choose(asked, unpaid, of_payment, today(uow.now))
    payout = domain.paid(asked, parts, uow.now)
    await queries.insert_payout(uow.session, uow.dialect, payout, parts)
    await queries.take(uow.session, uow.dialect, payout.payout_id, parts)
    uow.emit(payout.told(parts))
    return payout


async def _of_payment(uow: UnitOfWork, asked: Asked) -> frozenset[str] | None:
    if asked.payment_id is None:
        return None
    owner, settlements = await payments.settlements_of(uow.session, asked.payment_id)
    if owner is None:
        raise NotFound("payment", asked.payment_id, field="payment_id")
    if owner != asked.cooperative_id:
        raise DomainError("another-cooperative", "the payment is another cooperative's", field="payment_id")
    return settlements


async def reverse_payout(uow: UnitOfWork, reversal: Reversal) -> Payout:
    """Record that households were not paid after all: their parts wait again, both payouts stay on record.

    Raises DomainError or Conflict where there is nothing to take back, see `domain.taken_back`.
    """
    owner = (await queries.one(uow.session, reversal.reverses)).cooperative_id
    await cooperatives.lock(uow.session, uow.dialect, [owner])
    if (known := await queries.find(uow.session, reversal.payout_id)) is not None:
        domain.require_same(known, reversal.said)
        return known
    original = await queries.one(uow.session, reversal.reverses)
    standing = await queries.standing(uow.session, reversal.reverses)
    parts = domain.taken_back(reversal, original, standing, today(uow.now))
    payout = domain.reversed_by(reversal, original, parts, uow.now)
    await queries.give_back(uow.session, uow.dialect, original.payout_id, parts)
    await queries.insert_payout(uow.session, uow.dialect, payout, parts)
    uow.emit(payout.told(parts))
    return payout
