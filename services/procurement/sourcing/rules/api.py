"""Routes of the rules counties buy by."""

from typing import Annotated

from fastapi import Path, Query

from services.procurement.answers import Items
from services.procurement.sourcing.rules import usecases
from services.procurement.sourcing.rules.schemas import RulesIn, RulesRead
from shared.fields import Code, Day
from shared.routing import UoW, service_router

router = service_router(prefix="/sourcing-rules", tags=["sourcing rules"])

County = Annotated[Code, Path(examples=["520628"])]


@router.put("/{county_code}")
async def put_rules(county_code: County, body: RulesIn, uow: UoW) -> RulesRead:
    """Set what a county asks of sourcing from a day on; rules that contradict each other are refused."""
    return RulesRead.of(await usecases.put_rules(uow, body.rules(county_code, uow.now)))


@router.get("/{county_code}")
async def read_rules(
    county_code: County, uow: UoW, on: Annotated[Day | None, Query(examples=["2026-11-30"])] = None
) -> RulesRead:
    """Show the rules that hold in a county on a day, by default today."""
    return RulesRead.of(await usecases.rules_today(uow, county_code, on))


@router.get("/{county_code}/history")
async def list_rules(county_code: County, uow: UoW) -> Items[RulesRead]:
    """List the rules that hold everywhere, then all a county has set, past and coming."""
    return Items(items=[RulesRead.of(rules) for rules in await usecases.all_rules(uow, county_code)])
