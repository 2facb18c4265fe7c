"""Routes of the canteens and of the school calendar."""

from typing import Annotated

from fastapi import Body

from services.nutrition.canteens import usecases
from services.nutrition.canteens.schemas import (
    CANTEEN_EXAMPLE,
    DIET_EXAMPLE,
    EQUIPMENT_EXAMPLE,
    HOLIDAY_EXAMPLE,
    CanteenListed,
    CanteenRead,
    HolidayRead,
)
from services.nutrition.pages import Listed, listed
from shared.bulk import Imported, Rows
from shared.fields import Code, Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["canteens"])


@router.put("/canteens")
async def put_canteens(body: Annotated[Rows, Body(examples=[{"rows": [CANTEEN_EXAMPLE]}])], uow: UoW) -> Imported:
    """Register canteens or change their particulars; each row is a CanteenRow."""
    return await usecases.put_canteens(uow, body)


@router.get("/canteens")
async def list_canteens(page: Page, uow: UoW, county_code: Code | None = None) -> Listed[CanteenListed]:
    """List canteens by id, of one county or all."""
    return listed(page, await usecases.list_canteens(uow, page, county_code), lambda canteen: canteen.canteen_id)


@router.get("/canteens/{canteen_id}")
async def read_canteen(canteen_id: Id, uow: UoW) -> CanteenRead:
    """Show a canteen with its pupils by age band and sex, their special diets, and what its equipment limits."""
    return await usecases.read_canteen(uow, canteen_id)


@router.put("/diets")
async def put_diets(body: Annotated[Rows, Body(examples=[{"rows": [DIET_EXAMPLE]}])], uow: UoW) -> Imported:
    """Say how many pupils keep which special diet: counts, never names; each row is a DietRow."""
    return await usecases.put_diets(uow, body)


@router.put("/equipment")
async def put_equipment(body: Annotated[Rows, Body(examples=[{"rows": [EQUIPMENT_EXAMPLE]}])], uow: UoW) -> Imported:
    """Say how many dishes of one meal can use a canteen's equipment; each row is an EquipmentRow."""
    return await usecases.put_equipment(uow, body)


@router.put("/holidays")
async def put_holidays(body: Annotated[Rows, Body(examples=[{"rows": [HOLIDAY_EXAMPLE]}])], uow: UoW) -> Imported:
    """Set days of a county's calendar apart: `holiday`, or `make_up` for school on a weekend; rows are HolidayRow."""
    return await usecases.put_holidays(uow, body)


@router.get("/holidays")
async def list_holidays(county_code: Code, page: Page, uow: UoW) -> Listed[HolidayRead]:
    """List a county's days set apart, in order."""
    return listed(page, await usecases.list_holidays(uow, page, county_code), lambda day: day.day.isoformat())
