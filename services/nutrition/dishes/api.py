"""Routes of the dishes."""

from typing import Annotated

from fastapi import Body, Query

from services.nutrition.dishes import usecases
from services.nutrition.dishes.schemas import EXAMPLE, DishListed, DishRead
from services.nutrition.pages import Listed, listed
from shared.bulk import Imported, Rows
from shared.fields import Code
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/dishes", tags=["dishes"])


@router.put("")
async def put_dishes(body: Annotated[Rows, Body(examples=[{"rows": [EXAMPLE]}])], uow: UoW) -> Imported:
    """Register dishes or change their recipes; each row is a DishRow. An ingredient's food must be known."""
    return await usecases.put_dishes(uow, body)


@router.get("")
async def list_dishes(page: Page, uow: UoW) -> Listed[DishListed]:
    """List dishes by code."""
    return listed(page, await usecases.list_dishes(uow, page), lambda dish: dish.dish_code)


@router.get("/{dish_code}")
async def read_dish(
    dish_code: Code, uow: UoW, version: Annotated[int | None, Query(ge=1, le=2_000_000_000)] = None
) -> DishRead:
    """Show a dish with its ingredients, allergens and banned foods, as it is or as it was under a version."""
    return await usecases.read_dish(uow, dish_code, version)
