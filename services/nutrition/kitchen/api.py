"""Routes of the kitchen."""

from dataclasses import asdict

from services.nutrition import limits
from services.nutrition.kitchen import reading
from services.nutrition.kitchen.schemas import KitchenDay, LimitRead
from shared.fields import Day, Id
from shared.routing import UoW, service_router

router = service_router(tags=["kitchen"])


@router.get("/canteens/{canteen_id}/day")
async def read_day(canteen_id: Id, day: Day, uow: UoW) -> KitchenDay:
    """Show a canteen's day in one answer: meals with dishes and portions, foods as bought, samples, log, tasks."""
    return await reading.read_day(uow, canteen_id, day)


@router.get("/serving-limits")
async def list_limits() -> list[LimitRead]:
    """List the numbers serving is judged by, each with its source and whether somebody has checked it."""
    return [LimitRead(**asdict(limit)) for limit in limits.ALL]
