"""Routes of demand."""

from typing import Annotated

from fastapi import Query

from services.procurement.answers import Items, cut
from services.procurement.demand import usecases
from services.procurement.demand.schemas import DemandRead
from shared.fields import Code, Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/demand", tags=["demand"])


@router.get("")
async def list_demand(
    uow: UoW,
    page: Page,
    canteen_id: Annotated[Id | None, Query(examples=["school-520628-001"])] = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    food_code: Annotated[Code | None, Query(examples=["napa_cabbage"])] = None,
    delivery_day: Annotated[Day | None, Query(examples=["2026-11-30"])] = None,
    first_day: Annotated[Day | None, Query(description="delivered on it or later", examples=["2026-11-30"])] = None,
    last_day: Annotated[Day | None, Query(description="delivered on it or before", examples=["2026-12-04"])] = None,
) -> Items[DemandRead]:
    """List demand lines, of a window of days if asked for, and where their grams are."""
    wanted: dict[str, object] = {
        "canteen_id": canteen_id,
        "county_code": county_code,
        "food_code": food_code,
        "delivery_day": delivery_day,
    }
    found = await usecases.demand_page(uow, page, wanted, (first_day, last_day))
    lines, after = cut(page, found, lambda line: line.demand_id)
    return Items(items=[DemandRead.of(line) for line in lines], next=after)
