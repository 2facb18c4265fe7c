"""The route of names."""

from typing import Annotated

from fastapi import Query

from services.nutrition.names.queries import names_of_canteens, names_of_dishes, names_of_foods
from services.nutrition.names.schemas import NamesRead
from shared.fields import Code, Id
from shared.routing import UoW, service_router

router = service_router(prefix="/names", tags=["foods"])
Codes = Annotated[list[Code], Query(max_length=200)]
Ids = Annotated[list[Id], Query(max_length=200)]


@router.get("")
async def read_names(
    uow: UoW,
    food: Codes = [],  # noqa: B006 (FastAPI copies it)
    dish: Codes = [],  # noqa: B006
    canteen: Ids = [],  # noqa: B006
) -> NamesRead:
    """Name up to 200 foods, dishes and canteens each, to everybody: they stand on every menu and every crate."""
    return NamesRead(
        foods=await names_of_foods(uow.session, food) if food else {},
        dishes=await names_of_dishes(uow.session, dish) if dish else {},
        canteens=await names_of_canteens(uow.session, canteen) if canteen else {},
    )
