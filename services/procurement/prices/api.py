"""Routes of reference prices."""

from typing import Annotated

from fastapi import Query

from services.procurement.answers import Items, cut
from services.procurement.prices import queries, usecases
from services.procurement.prices.schemas import PriceIn, PriceRead, PriceRows
from shared.bulk import Imported, parse
from shared.fields import Code
from shared.market import RegionCode
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/reference-prices", tags=["reference prices"])


@router.put("")
async def publish_prices(uow: UoW, body: PriceRows) -> Imported:
    """Publish what foods cost on the public market, or correct it; both sides see it beside each price."""
    good, refused = parse(PriceIn, body)
    done = await usecases.publish_prices(uow, [(index, row.price(uow.now)) for index, row in good])
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.get("")
async def list_prices(
    uow: UoW,
    page: Page,
    food_code: Annotated[Code | None, Query(examples=["napa_cabbage"])] = None,
    region_code: Annotated[RegionCode | None, Query(examples=["52"])] = None,
) -> Items[PriceRead]:
    """List reference prices by id."""
    found, after = cut(page, await queries.page(uow.session, page, food_code, region_code), lambda row: row[0])
    return Items(items=[PriceRead.of(price) for _, price in found], next=after)
