"""Routes of ordering rules."""

from typing import Annotated

from fastapi import Query

from services.procurement.rules import queries, usecases
from services.procurement.rules.schemas import RuleIn, RuleList, RuleRead, RuleRows
from shared.bulk import Imported, parse
from shared.market import RegionCode
from shared.routing import UoW, service_router

router = service_router(prefix="/ordering-rules", tags=["ordering rules"])


@router.put("")
async def put_rules(uow: UoW, body: RuleRows) -> Imported:
    """Say when ordering closes, above which amount an official approves, and what cancelling late costs."""
    good, refused = parse(RuleIn, body)
    done = await usecases.put_rules(uow, [(index, row.rule()) for index, row in good])
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.get("")
async def list_rules(
    uow: UoW, region_code: Annotated[RegionCode | None, Query(examples=["520628"])] = None
) -> RuleList:
    """List ordering rules by region and day; of regions that lie in each other the nearest one's holds."""
    return RuleList(items=[RuleRead.of(rule) for rule in await queries.all_rules(uow.session, region_code)])
