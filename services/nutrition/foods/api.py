"""Routes of the foods."""

from typing import Annotated

from fastapi import Body, Query, Request, Response

from services.nutrition.foods import reading, usecases
from services.nutrition.foods.schemas import EXAMPLE, FoodRead, FoodsImported, FoodVersionRead
from services.nutrition.pages import Listed, listed
from shared.bulk import Rows
from shared.fields import Code, Version
from shared.routing import Page, UoW, service_router
from shared.tabular import SheetImported, csv_body, csv_of

router = service_router(prefix="/foods", tags=["foods"])
CSV_EXAMPLE = """food_code,name_zh,name_en,food_group,energy_kcal,protein_g,allergens,canteen_ban,edible_permille
cauliflower,花菜,Cauliflower,vegetable,25,1.92,none,0,820
tofu_firm,北豆腐(老豆腐),Firm tofu,soy,,,soy,0,1000
"""
_SHEET = csv_body(CSV_EXAMPLE)
County = Annotated[Code | None, Query(description="as this county knows them")]


@router.put("")
async def put_foods(body: Annotated[Rows, Body(examples=[{"rows": [EXAMPLE]}])], uow: UoW) -> FoodsImported:
    """Register foods or change their particulars; each row is a FoodRow."""
    return await usecases.put_foods(uow, body)


@router.post("/import", openapi_extra={"requestBody": {"required": True, "content": _SHEET}})
async def import_foods(request: Request, uow: UoW) -> SheetImported:
    """Register foods or change their particulars from a CSV file: UTF-8 or GBK, a header, up to 5,000 lines.

    Columns are the fields of FoodRow in any order; a blank cell is unknown, `none` is no allergen, 1 and 0 are yes and
    no. The good rows are taken, the others named by their row in the file.
    """
    return await usecases.import_foods(uow, await csv_of(request))


@router.get("/export", response_class=Response, responses={200: {"content": _SHEET}})
async def export_foods(uow: UoW) -> Response:
    """Return all foods as a CSV file that imports again to the same."""
    headers = {"content-disposition": 'attachment; filename="foods.csv"'}
    return Response(await usecases.export_foods(uow), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("")
async def list_foods(
    page: Page,
    uow: UoW,
    county_code: County = None,
    farmed: Annotated[
        bool | None, Query(description="only those that cooperatives can offer, or only the others")
    ] = None,
) -> Listed[FoodRead]:
    """List foods by code."""
    return listed(page, await reading.list_foods(uow, page, county_code, farmed), lambda food: food.food_code)


@router.get("/{food_code}")
async def read_food(
    food_code: Code, uow: UoW, county_code: County = None, version: Annotated[Version | None, Query()] = None
) -> FoodRead:
    """Show a food as it is, as a county knows it, or (the shared table's) as it was under a version."""
    return await reading.read_food(uow, food_code, county_code, version)


@router.get("/{food_code}/versions")
async def list_food_versions(food_code: Code, page: Page, uow: UoW) -> Listed[FoodVersionRead]:
    """List everything that was said of a food in the shared table, oldest first."""
    return listed(page, await reading.list_versions(uow, food_code, page), lambda one: str(one.version))
