"""Routes of enrolment."""

from typing import Annotated

from fastapi import Body

from services.nutrition.enrolment import usecases
from services.nutrition.enrolment.schemas import EXAMPLE, EnrolmentRead
from services.nutrition.pages import Listed, listed
from shared.bulk import Imported, Rows
from shared.fields import Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["canteens"])


@router.put("/enrolments")
async def put_enrolments(body: Annotated[Rows, Body(examples=[{"rows": [EXAMPLE]}])], uow: UoW) -> Imported:
    """Say how many pupils canteens have from a day on, past, present or coming; each row is an EnrolmentRow."""
    return await usecases.put_enrolments(uow, body)


@router.get("/canteens/{canteen_id}/enrolments")
async def list_enrolments(canteen_id: Id, page: Page, uow: UoW) -> Listed[EnrolmentRead]:
    """List how many pupils a canteen has had from which day on, and will have."""
    return listed(page, await usecases.list_enrolments(uow, canteen_id, page), usecases.cursor_of)
