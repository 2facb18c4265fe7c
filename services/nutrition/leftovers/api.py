"""Routes of the leftovers."""

from services.nutrition.leftovers import usecases
from services.nutrition.leftovers.schemas import LeftoversInput, WeighingRead
from shared.fields import Id
from shared.routing import UoW, service_router

router = service_router(prefix="/meals/{meal_id}/leftovers", tags=["meals"])


@router.put("")
async def weigh_leftovers(meal_id: Id, body: LeftoversInput, uow: UoW) -> WeighingRead:
    """Say what stayed in the pots, by dish or for the whole meal, and whether it was kept or destroyed.

    Weighed before and different, it needs a reason; what stood before is kept.
    """
    return await usecases.weigh(uow, meal_id, body)


@router.get("")
async def list_weighings(meal_id: Id, uow: UoW) -> list[WeighingRead]:
    """List everything that was weighed of a meal's leftovers; the last entry counts."""
    return await usecases.history(uow, meal_id)
