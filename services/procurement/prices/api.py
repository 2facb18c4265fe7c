"""Routes of reference prices."""

from typing import Annotated

import structlog
from fastapi import Path, Query

from services.procurement.answers import Items, cut
from services.procurement.prices import queries, usecases
from services.procurement.prices.schemas import Confirmation, PriceIn, PriceRead, PriceRows, PricesImported
from shared.bulk import parse
from shared.fields import Code, Id
from shared.market import RegionCode
from shared.routing import Page, UoW, service_router

log = structlog.get_logger()

router = service_router(prefix="/reference-prices", tags=["reference prices"])


@router.put("")
async def publish_prices(uow: UoW, body: PriceRows) -> PricesImported:
    """Publish what foods cost on the public market, or correct it; both sides see it beside each price.

    A price far from those of the last four weeks in the province is held until a person confirms it.
    """
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
    held: Annotated[bool | None, Query(description="those a person has to confirm, or those in use")] = None,
) -> Items[PriceRead]:
    """List reference prices by id."""
    found, after = cut(page, await queries.page(uow.session, page, food_code, region_code, held), lambda row: row[0])
    return Items(items=[PriceRead.of(price) for _, price in found], next=after)


@router.post("/{price_id}/confirm")
async def confirm_price(price_id: Annotated[Id, Path()], body: Confirmation, uow: UoW) -> PriceRead:
    """Let a price that was held serve: somebody has looked at it, and it is true."""
    price = await usecases.confirm_price(uow, price_id)
    log.info("price-confirmed", price_id=price_id, official=body.official)
    return PriceRead.of(price)
