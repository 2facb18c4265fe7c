"""Routes of cooperatives."""

from typing import Annotated

from fastapi import Path, Query

from services.farmers.cooperatives import queries, usecases
from services.farmers.cooperatives.schemas import CooperativeIn, CooperativePage, CooperativeRead, CooperativeRows
from services.farmers.paging import next_after
from shared.bulk import Imported, parse
from shared.fields import Code, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/cooperatives", tags=["cooperatives"])


@router.put("")
async def register_cooperatives(uow: UoW, body: CooperativeRows) -> Imported:
    """Register cooperatives, or renew their particulars."""
    good, refused = parse(CooperativeIn, body)
    done = await usecases.register_cooperatives(uow, [(index, row.particulars()) for index, row in good])
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.get("")
async def list_cooperatives(
    uow: UoW, page: Page, county_code: Annotated[Code | None, Query()] = None
) -> CooperativePage:
    """List cooperatives, ordered by id."""
    rows = await queries.page(uow.session, page, county_code)
    items = [CooperativeRead.model_validate(row) for row in rows]
    return CooperativePage(items=items, next=next_after(page, [item.cooperative_id for item in items]))


@router.get("/{cooperative_id}")
async def get_cooperative(uow: UoW, cooperative_id: Annotated[Id, Path()]) -> CooperativeRead:
    """Return one cooperative with its counts."""
    return CooperativeRead.model_validate(await queries.one(uow.session, cooperative_id))
