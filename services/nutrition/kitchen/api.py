"""Routes of the kitchen."""

from dataclasses import asdict

from services.nutrition import limits
from services.nutrition.kitchen.schemas import LimitRead
from shared.routing import service_router

router = service_router(tags=["kitchen"])


@router.get("/serving-limits")
async def list_limits() -> list[LimitRead]:
    """List the numbers serving is judged by, each with its source and whether somebody has checked it."""
    return [LimitRead(**asdict(limit)) for limit in limits.ALL]
