"""Routes of the menus."""

from typing import Annotated

from fastapi import Path, Response

from services.nutrition.menus import reading, usecases
from services.nutrition.menus.schemas import (
    AmendmentInput,
    LineRead,
    MenuInput,
    MenuListed,
    MenuRead,
    MenuTold,
    VersionRead,
    WithdrawalInput,
    wishes_of,
)
from services.nutrition.pages import Listed, listed
from shared.fields import Code, Day, Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/menus", tags=["menus"])


@router.post("", status_code=201)
async def publish_menu(body: MenuInput, response: Response, uow: UoW) -> MenuTold:
    """Publish a canteen's menu for a week; answers its demand lines in grams as bought."""
    menu, demand = await usecases.publish_menu(uow, body.canteen_id, body.week_start, wishes_of(body.days))
    response.headers["Location"] = f"/menus/{menu.menu_id}"
    response.headers["ETag"] = f'"{menu.version}"'
    return reading.told(menu, demand)


@router.put("/{menu_id}")
async def amend_menu(
    menu_id: Id, body: AmendmentInput, response: Response, uow: UoW, expected: ExpectedVersion
) -> MenuTold:
    """Amend the days that have not begun; the days that have must be given as they stand. `If-Match` is the version."""
    menu, demand = await usecases.amend_menu(uow, menu_id, expected, body.reason, wishes_of(body.days))
    response.headers["ETag"] = f'"{menu.version}"'
    return reading.told(menu, demand)


@router.post("/{menu_id}/withdraw")
async def withdraw_menu(
    menu_id: Id, body: WithdrawalInput, response: Response, uow: UoW, expected: ExpectedVersion
) -> MenuTold:
    """Withdraw a menu from its first day that has not begun; days before it stand."""
    menu, demand = await usecases.withdraw_menu(uow, menu_id, expected, body.reason)
    response.headers["ETag"] = f'"{menu.version}"'
    return reading.told(menu, demand)


@router.get("")
async def list_menus(
    page: Page,
    uow: UoW,
    canteen_id: Id | None = None,
    week_start: Day | None = None,
    county_code: Code | None = None,
) -> Listed[MenuListed]:
    """List menus with their meals, of a canteen, a county, a week or all; withdrawn ones too."""
    found = await reading.list_menus(uow, page, canteen_id, week_start, county_code)
    return listed(page, found, lambda menu: menu.menu_id)


@router.get("/{menu_id}")
async def read_menu(menu_id: Id, response: Response, uow: UoW) -> MenuRead:
    """Show a menu as it stands, with what the kitchen needs for each meal, and its history."""
    menu = await reading.read_menu(uow, menu_id)
    response.headers["ETag"] = f'"{menu.version}"'
    return menu


@router.get("/{menu_id}/versions/{version}")
async def read_version(menu_id: Id, version: Annotated[int, Path(ge=1, le=2_000_000_000)], uow: UoW) -> VersionRead:
    """Show a menu and its demand as they were under a version."""
    return await reading.read_version(uow, menu_id, version)


@router.get("/{menu_id}/demand")
async def list_demand(menu_id: Id, page: Page, uow: UoW) -> Listed[LineRead]:
    """List a menu's demand lines by day and food, with what came in and was used so far."""
    return listed(page, await reading.list_lines(uow, menu_id, page), reading.cursor_of)
