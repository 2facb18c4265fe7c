"""Routes of tracing: open a meal or a lot and see what it is connected to."""

from services.logistics.parameters import LotId, MealId
from services.logistics.tracing.back import trace_meal
from services.logistics.tracing.forward import trace_lot
from services.logistics.tracing.public import public_trace
from services.logistics.tracing.schemas import LotForward, MealTrace, PublicTrace
from shared.routing import UoW, service_router

router = service_router(prefix="/trace", tags=["tracing"])


@router.get("/meals/{meal_id}")
async def read_meal(meal_id: MealId, uow: UoW) -> MealTrace:
    """Trace a served meal back to lots, cooperatives, trips and receipts; households are counted, never named."""
    return await trace_meal(uow, meal_id)


@router.get("/lots/{lot_id}")
async def read_lot(lot_id: LotId, uow: UoW) -> LotForward:
    """Trace a lot forward to orders, schools and meals."""
    return await trace_lot(uow, lot_id)


public = service_router(prefix="/public-trace", tags=["tracing"])


@public.get("/meals/{meal_id}")
async def read_public_meal(meal_id: MealId, uow: UoW) -> PublicTrace:
    """Show everybody where a served meal came from: cooperatives, harvests, the way, never a household."""
    return await public_trace(uow, meal_id)
