"""What logistics reacts to: the index of what happens here when others tell something."""

from collections.abc import Sequence

from services.logistics.consignments import usecases as consignments
from services.logistics.places import usecases as places
from services.logistics.tracing import usecases as tracing
from shared.events.farmers import CooperativeRegistered, LotHarvested, OrderDispatched
from shared.events.kitchen import SamplesKept
from shared.events.nutrition import CanteenRegistered, MealServed
from shared.events.procurement import OrderCancelled, OrderConfirmed
from shared.messaging.handlers import Handlers
from shared.unit_of_work import UnitOfWork

handlers = Handlers()


@handlers.on_many(CanteenRegistered)
async def keep_canteens(events: Sequence[CanteenRegistered], uow: UnitOfWork) -> None:
    """We know where a school is."""
    await places.keep_canteens(uow, events)


@handlers.on_many(CooperativeRegistered)
async def keep_cooperatives(events: Sequence[CooperativeRegistered], uow: UnitOfWork) -> None:
    """We know where a cooperative is."""
    await places.keep_cooperatives(uow, events)


@handlers.on_many(OrderConfirmed)
async def keep_confirmed(events: Sequence[OrderConfirmed], uow: UnitOfWork) -> None:
    """A confirmed order becomes a consignment; a later version lowers it."""
    await consignments.keep_confirmed(uow, events)


@handlers.on(OrderCancelled)
async def drop_cancelled(event: OrderCancelled, uow: UnitOfWork) -> None:
    """A cancelled order rides no more, unless it is on board already."""
    await consignments.cancel(uow, event)


@handlers.on_many(OrderDispatched)
async def keep_dispatched(events: Sequence[OrderDispatched], uow: UnitOfWork) -> None:
    """A packed order is ready to be loaded, and we know its lots."""
    await consignments.keep_dispatched(uow, events)


@handlers.on_many(LotHarvested)
async def keep_lots(events: Sequence[LotHarvested], uow: UnitOfWork) -> None:
    """A lot is where every trace begins."""
    await tracing.keep_lots(uow, events)


@handlers.on_many(MealServed)
async def keep_meals(events: Sequence[MealServed], uow: UnitOfWork) -> None:
    """A meal is where every trace ends."""
    await tracing.keep_meals(uow, events)


@handlers.on_many(SamplesKept)
async def keep_samples(events: Sequence[SamplesKept], uow: UnitOfWork) -> None:
    """What was kept of a meal is what a recall has tested."""
    await tracing.keep_samples(uow, events)
