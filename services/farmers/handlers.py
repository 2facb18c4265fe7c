"""What farmers reacts to: the index of what happens here when others tell something."""

from collections.abc import Sequence

from services.farmers.guidance import usecases as guidance
from services.farmers.income import usecases as income
from services.farmers.lots import mixtures as lots
from services.farmers.orders import usecases as orders
from services.farmers.prices import usecases as prices
from shared.events.logistics import RecallRaised, ReceiptSigned
from shared.events.nutrition import DemandForecast
from shared.events.procurement import (
    OrderAmended,
    OrderCancelled,
    OrderPlaced,
    PaymentConfirmed,
    ReferencePricePublished,
    SettlementRecorded,
)
from shared.messaging.handlers import Handlers
from shared.unit_of_work import UnitOfWork

handlers = Handlers()


@handlers.on_many(OrderPlaced)
async def take_orders(events: Sequence[OrderPlaced], uow: UnitOfWork) -> None:
    """A placed order waits in the inbox; its offers promise it what they have left."""
    await orders.take_orders(uow, events)


@handlers.on_many(OrderAmended)
async def lower_orders(events: Sequence[OrderAmended], uow: UnitOfWork) -> None:
    """A reduced order gives back what it no longer needs."""
    await orders.amend_orders(uow, events)


@handlers.on_many(OrderCancelled)
async def call_orders_off(events: Sequence[OrderCancelled], uow: UnitOfWork) -> None:
    """A cancelled order gives its grams back to the offers they were promised from."""
    await orders.cancel_orders(uow, events)


@handlers.on_many(ReceiptSigned)
async def note_receipts(events: Sequence[ReceiptSigned], uow: UnitOfWork) -> None:
    """What the school weighed and accepted is shown to the cooperative beside what it packed."""
    await orders.note_receipts(uow, events)


@handlers.on_many(RecallRaised)
async def recall_lots(events: Sequence[RecallRaised], uow: UnitOfWork) -> None:
    """A recalled lot, and every lot made of it, is not packed, mixed or split any more."""
    await lots.recall_lots(uow, events)


@handlers.on_many(SettlementRecorded)
async def keep_settlements(events: Sequence[SettlementRecorded], uow: UnitOfWork) -> None:
    """What was paid is kept, so that a household sees what its harvest brought."""
    await income.keep_settlements(uow, events)


@handlers.on_many(PaymentConfirmed)
async def keep_payments(events: Sequence[PaymentConfirmed], uow: UnitOfWork) -> None:
    """Once a cooperative has the money, its households wait for it."""
    await income.keep_payments(uow, events)


@handlers.on_many(ReferencePricePublished)
async def keep_prices(events: Sequence[ReferencePricePublished], uow: UnitOfWork) -> None:
    """What food costs on the public market is shown beside every price."""
    await prices.keep_prices(uow, events)


@handlers.on_many(DemandForecast)
async def keep_demand(events: Sequence[DemandForecast], uow: UnitOfWork) -> None:
    """What canteens will need in coming weeks guides what is sown today."""
    await guidance.keep_demand(uow, events)
