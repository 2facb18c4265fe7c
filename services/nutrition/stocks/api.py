"""Routes of the store."""

from typing import Annotated

from fastapi import Body, Query

from services.nutrition.pages import Listed, listed
from services.nutrition.stocks import movements, usecases
from services.nutrition.stocks.schemas import EXAMPLE, ExpiringLot, MovementRead, StockRead
from shared.bulk import Imported, Rows
from shared.fields import Code, Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["stocks"])
From = Annotated[Day, Query(alias="from", examples=["2026-11-30"])]
To = Annotated[Day, Query(alias="to", examples=["2026-12-04"], description="at most 62 days")]


@router.put("/stocks")
async def put_stocks(body: Annotated[Rows, Body(examples=[{"rows": [EXAMPLE]}])], uow: UoW) -> Imported:
    """Count food whose lot nobody knows: each row (a CountRow) says what is on hand now; other food is not touched."""
    return await usecases.put_stocks(uow, body)


@router.get("/canteens/{canteen_id}/stock/expiring")
async def list_expiring(
    canteen_id: Id, uow: UoW, days: Annotated[int, Query(ge=0, le=60, description="from today on")] = 3
) -> list[ExpiringLot]:
    """List lots whose last day comes within so many days or is over, first to expire first; recalled ones apart.

    Beside each stands how much of it no published menu takes by its day: what to cook, share or write off.
    """
    return await usecases.list_expiring(uow, canteen_id, days)


@router.get("/canteens/{canteen_id}/stock/movements")
async def list_movements(
    canteen_id: Id, food_code: Code, first: From, last: To, uow: UoW, lot_id: Id | None = None
) -> list[MovementRead]:
    """List what happened to a food in a canteen's store: received, cooked, disposed of, counted."""
    return await movements.list_movements(uow, canteen_id, food_code, first, last, lot_id)


@router.get("/canteens/{canteen_id}/stock")
async def list_stock(canteen_id: Id, page: Page, uow: UoW) -> Listed[StockRead]:
    """List what a canteen has on hand by food and lot, what of it is recalled, reserved and free."""
    return listed(page, await usecases.list_stock(uow, canteen_id, page), lambda stock: stock.food_code)
