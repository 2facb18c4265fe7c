"""Routes of the dishes."""

from typing import Annotated

from fastapi import Body, Query, Request, Response

from services.nutrition.dishes import reading, usecases
from services.nutrition.dishes.domain import Method, Scope, Wanted
from services.nutrition.dishes.schemas import (
    EXAMPLE,
    CopyInput,
    DishAnalysed,
    DishListed,
    DishRead,
    DishVersionRead,
    RetirementInput,
)
from services.nutrition.dishes.search import query_words
from services.nutrition.foods.domain import Nutrient
from services.nutrition.pages import Listed, listed
from shared.bulk import Imported, Rows
from shared.fields import Code, Day, Id, Version
from shared.routing import Page, UoW, service_router
from shared.tabular import SheetImported, csv_body, csv_of

router = service_router(prefix="/dishes", tags=["dishes"])
CSV_EXAMPLE = """dish_code,name_en,name_zh,category,food_code,grams_raw,method,equipment,portion_rule
V01,Stir-fried cauliflower,清炒花菜,vegetable,cauliflower,100,stir_fry,wok,proportional
V01,,,,salt,0.8,,,
X20,Boiled egg,煮鸡蛋,mixed,egg,50,boil,stock_pot,fixed
"""
_SHEET = csv_body(CSV_EXAMPLE)
County = Annotated[Code | None, Query(description="the county whose foods, prices and votes count")]
Cook = Annotated[Id | None, Query(description="the canteen whose county's foods, prices and votes count")]
OfWeek = Annotated[Day | None, Query(description="Monday of the week whose prices count; this week's")]
OfVersion = Annotated[Version | None, Query(description="as it was under this version")]
Search = Annotated[
    str | None,
    Query(max_length=100, pattern=r"^[^\x00]*$", description="name or ingredient: 青椒, qingjiao, qj, pepper"),
]


@router.put("")
async def put_dishes(body: Annotated[Rows, Body(examples=[{"rows": [EXAMPLE]}])], uow: UoW) -> Imported:
    """Register dishes or change their recipes; each row is a DishRow. An ingredient's food must be known."""
    return await usecases.put_dishes(uow, body)


@router.post("/import", openapi_extra={"requestBody": {"required": True, "content": _SHEET}})
async def import_dishes(
    request: Request,
    uow: UoW,
    county_code: Annotated[Code | None, Query(description="all dishes are this county's")] = None,
    canteen_id: Annotated[Id | None, Query(description="all dishes are this canteen's own")] = None,
) -> SheetImported:
    """Register dishes or change their recipes from a CSV file: UTF-8 or GBK, a header, up to 20,000 lines.

    A line is an ingredient, with its dish's code; what holds of the whole dish stands on its first line or on all.
    Good dishes are taken; of the others each row that is wrong is named. A dish beside a row that cannot be read is not
    taken: that row may be one of its ingredients. Where a library is named, dishes of others are refused.
    """
    county = await reading.county_of(uow, county_code, canteen_id)
    library = usecases.library_named(county, canteen_id)
    return await usecases.import_dishes(uow, await csv_of(request), library)


@router.get("/export", response_class=Response, responses={200: {"content": _SHEET}})
async def export_dishes(
    uow: UoW,
    county_code: Annotated[Code | None, Query(description="the province's dishes and this county's")] = None,
    canteen_id: Annotated[Id | None, Query(description="what this canteen may cook")] = None,
    scope: Scope | None = None,
) -> Response:
    """Return dishes as a CSV file that imports again to the same; retired ones are left out."""
    county = await reading.county_of(uow, county_code, canteen_id)
    wanted = Wanted(county_code=county, canteen_id=canteen_id, scope=scope)
    headers = {"content-disposition": 'attachment; filename="dishes.csv"'}
    content = await usecases.export_dishes(uow, wanted)
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("")
async def list_dishes(
    page: Page,
    uow: UoW,
    q: Search = None,
    county_code: County = None,
    canteen_id: Annotated[Id | None, Query(description="what this canteen may cook")] = None,
    scope: Scope | None = None,
    category: Code | None = None,
    method: Method | None = None,
    free_of: Annotated[list[Code] | None, Query(max_length=20, description="allergens it must not carry")] = None,
    in_season: Annotated[int | None, Query(ge=1, le=12, description="month, 1 to 12")] = None,
    cost_up_to_fen: Annotated[int | None, Query(ge=0, le=100_000, description="a portion for ages 9 to 11")] = None,
    week_start: OfWeek = None,
    retired: bool = False,
    nutrients: Annotated[
        list[Nutrient] | None, Query(max_length=20, description="say what a portion for ages 9 to 11 gives of these")
    ] = None,
) -> Listed[DishListed]:
    """Find dishes, by code: what a canteen may cook, what a county has, or all; retired ones apart."""
    wanted = Wanted(
        words=query_words(q or ""),
        county_code=await reading.county_of(uow, county_code, canteen_id),
        canteen_id=canteen_id,
        scope=scope,
        category=category,
        method=method,
        free_of=frozenset(free_of or ()),
        month=in_season,
        cost_up_to_fen=cost_up_to_fen,
        week_start=week_start,
        retired=retired,
    )
    return listed(page, await reading.list_dishes(uow, page, wanted, nutrients or ()), lambda dish: dish.dish_code)


@router.get("/{dish_code}")
async def read_dish(
    dish_code: Code, uow: UoW, county_code: County = None, canteen_id: Cook = None, version: OfVersion = None
) -> DishRead:
    """Show a dish with its ingredients and what follows from them, as it is or as it was under a version."""
    county = await reading.county_of(uow, county_code, canteen_id)
    return await reading.read_dish(uow, dish_code, version, county)


@router.get("/{dish_code}/versions")
async def list_dish_versions(dish_code: Code, page: Page, uow: UoW) -> Listed[DishVersionRead]:
    """List a dish's versions, oldest first."""
    return listed(page, await reading.list_versions(uow, dish_code, page), lambda one: str(one.version))


@router.get("/{dish_code}/analysis")
async def analyse_dish(
    dish_code: Code,
    uow: UoW,
    county_code: County = None,
    canteen_id: Cook = None,
    version: OfVersion = None,
    week_start: OfWeek = None,
) -> DishAnalysed:
    """Say what a portion gives and costs at each age, from what is known of its foods now, and what is unknown."""
    county = await reading.county_of(uow, county_code, canteen_id)
    return await reading.analyse(uow, dish_code, version, county, week_start)


@router.post("/{dish_code}/copies", status_code=201)
async def copy_dish(dish_code: Code, body: CopyInput, response: Response, uow: UoW) -> DishRead:
    """Copy a dish as it is now under a code of its own: to change it, or to promote it to the county or province."""
    copy = await usecases.copy_dish(uow, dish_code, body)
    response.headers["Location"] = f"/dishes/{copy.dish_code}"
    return copy


@router.post("/{dish_code}/retire")
async def retire_dish(dish_code: Code, body: RetirementInput, uow: UoW) -> DishRead:
    """Keep a dish out of new menus; menus that have it stand, and its versions stay."""
    return await usecases.retire_dish(uow, dish_code, body.reason)


@router.post("/{dish_code}/restore")
async def restore_dish(dish_code: Code, uow: UoW) -> DishRead:
    """Let a retired dish stand in new menus again."""
    return await usecases.restore_dish(uow, dish_code)
