"""Routes of capacities."""

from typing import Annotated

from fastapi import Query

from services.farmers.capacities import queries, usecases
from services.farmers.capacities.domain import Capacity
from services.farmers.capacities.schemas import CapacityIn, CapacityPage, CapacityRead, CapacityRows
from services.farmers.paging import next_after
from shared.bulk import Imported, parse, refuse
from shared.errors import DomainError
from shared.fields import Code, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/capacities", tags=["capacities"])


@router.put("")
async def declare_capacities(uow: UoW, body: CapacityRows) -> Imported:
    """Declare what land or stables can bring of a food in a season, or change it; no offer goes beyond it."""
    good, refused = parse(CapacityIn, body)
    rows: list[tuple[int, Capacity]] = []
    for index, row in good:
        try:
            rows.append((index, row.capacity()))
        except DomainError as error:
            refused.append(refuse(index, error))
    done = await usecases.declare(uow, rows)
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.get("")
async def list_capacities(
    uow: UoW,
    page: Page,
    cooperative_id: Annotated[Id | None, Query()] = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    food_code: Annotated[Code | None, Query()] = None,
) -> CapacityPage:
    """List capacities and what of them is offered, ordered by id."""
    found = await usecases.shown(uow, await queries.page(uow.session, page, cooperative_id, county_code, food_code))
    items = [CapacityRead.of(capacity, offered_g) for capacity, offered_g in found]
    return CapacityPage(items=items, next=next_after(page, [item.capacity_id for item in items]))
