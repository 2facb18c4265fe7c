"""Routes of the store."""

from typing import Annotated

from fastapi import Body

from services.nutrition.pages import Listed, listed
from services.nutrition.stocks import usecases
from services.nutrition.stocks.schemas import EXAMPLE, StockRead
from shared.bulk import Imported, Rows
from shared.fields import Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["stocks"])


@router.put("/stocks")
async def put_stocks(body: Annotated[Rows, Body(examples=[{"rows": [EXAMPLE]}])], uow: UoW) -> Imported:
    """Count food whose lot nobody knows: each row (a CountRow) says what is on hand now; other food is not touched."""
    return await usecases.put_stocks(uow, body)


@router.get("/canteens/{canteen_id}/stock")
async def list_stock(canteen_id: Id, page: Page, uow: UoW) -> Listed[StockRead]:
    """List what a canteen has on hand by food and lot, what of it is recalled, reserved and free."""
    return listed(page, await usecases.list_stock(uow, canteen_id, page), lambda stock: stock.food_code)
