"""What of procurement somebody is to be woken by."""

from datetime import timedelta

from services.procurement.demand import queries as demand
from services.procurement.rules.domain import SCHOOL_TIME
from shared.unit_of_work import UnitOfWork
from shared.watched import Watched

AHEAD = timedelta(days=7)


async def count(uow: UnitOfWork) -> dict[str, float]:
    """Count demand of the coming days that nobody was found for, and what waits to be sourced."""
    day = uow.now.astimezone(SCHOOL_TIME).date()
    lines, unmet_g = await demand.unmet(uow.session, day, day + AHEAD)
    return {"unmet_demand_lines": lines, "unmet_demand_grams": unmet_g}


watched = Watched(
    {
        "unmet_demand_lines": f"Lines of demand of the next {AHEAD.days} days that nobody was found for, or in part",
        "unmet_demand_grams": f"Grams of demand of the next {AHEAD.days} days that nobody was found for",
    },
    count,
)
