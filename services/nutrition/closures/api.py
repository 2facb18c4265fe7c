"""Routes of closures."""

from typing import Annotated

from fastapi import Body

from services.nutrition.closures import usecases
from services.nutrition.closures.schemas import EXAMPLE, ClosureRead
from services.nutrition.pages import Listed, listed
from shared.bulk import Imported, Rows
from shared.fields import Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["canteens"])


@router.put("/closures")
async def put_closures(body: Annotated[Rows, Body(examples=[{"rows": [EXAMPLE]}])], uow: UoW) -> Imported:
    """Close canteens for a school day or some of its meals; each row is a ClosureRow."""
    return await usecases.put_closures(uow, body)


@router.get("/canteens/{canteen_id}/closures")
async def list_closures(canteen_id: Id, page: Page, uow: UoW) -> Listed[ClosureRead]:
    """List the days on which a canteen serves fewer meals than usual."""
    return listed(page, await usecases.list_closures(uow, canteen_id, page), lambda closure: closure.day.isoformat())


@router.delete("/canteens/{canteen_id}/closures/{day}", status_code=204)
async def remove_closure(canteen_id: Id, day: Day, uow: UoW) -> None:
    """Take a closure back."""
    await usecases.remove_closure(uow, canteen_id, day)
