"""What can happen to income: it is settled and paid elsewhere, and kept here, so that people see what they earned."""

from collections.abc import Sequence

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.income import payments, queries
from services.farmers.income.domain import paid_since
from services.farmers.income.telling import payment_facts, settlement_facts
from services.farmers.webhooks import usecases as webhooks
from shared.errors import MissingDependency
from shared.events.procurement import PaymentConfirmed, SettlementRecorded
from shared.unit_of_work import UnitOfWork


async def keep_settlements(uow: UnitOfWork, events: Sequence[SettlementRecorded]) -> None:
    """Keep what receipts brought a cooperative and its households; a settlement known before changes nothing."""
    await webhooks.listeners(uow, {event.cooperative_id for event in events})
    inserted = await queries.insert_settlements(uow.session, uow.dialect, events)
    await webhooks.tell(uow, settlement_facts(event for event in events if event.settlement_id in inserted))


async def keep_payments(uow: UnitOfWork, events: Sequence[PaymentConfirmed]) -> None:
    """Keep what cooperatives were paid: from now on their households wait for them. One told twice counts once.

    Raises MissingDependency for a settlement not yet here.
    """
    # Whoever pays households locks their cooperative, too: they take turns.
    await cooperatives.lock(uow.session, uow.dialect, {event.cooperative_id for event in events})
    named = {line.settlement_id for event in events for line in event.settlements}
    known = await payments.known(uow.session, uow.dialect, named)
    if missing := named - known:
        raise MissingDependency("settlement", min(missing))
    inserted = await payments.insert_payments(uow.session, uow.dialect, events)
    await webhooks.tell(uow, payment_facts(event for event in events if event.payment_id in inserted))
    days = {
        key: paid_since(amount_fen, paid)
        for key, amount_fen, paid in await payments.brought(uow.session, uow.dialect, named)
    }
    await payments.mark_paid(uow.session, uow.dialect, days)
