"""Routes of the foods."""

from typing import Annotated

from fastapi import Body

from services.nutrition.foods import usecases
from services.nutrition.foods.schemas import EXAMPLE, FoodRead, FoodsImported
from services.nutrition.pages import Listed, listed
from shared.bulk import Rows
from shared.fields import Code
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/foods", tags=["foods"])


@router.put("")
async def put_foods(body: Annotated[Rows, Body(examples=[{"rows": [EXAMPLE]}])], uow: UoW) -> FoodsImported:
    """Register foods or change their particulars; each row is a FoodRow."""
    return await usecases.put_foods(uow, body)


@router.get("")
async def list_foods(page: Page, uow: UoW) -> Listed[FoodRead]:
    """List foods by code."""
    return listed(page, await usecases.list_foods(uow, page), lambda food: food.food_code)


@router.get("/{food_code}")
async def read_food(food_code: Code, uow: UoW) -> FoodRead:
    """Show a food."""
    return await usecases.read_food(uow, food_code)
