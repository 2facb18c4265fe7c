"""Routes of reference prices."""

from typing import Annotated

from fastapi import Query

from services.farmers.prices import usecases
from services.farmers.prices.schemas import PricePage, PriceRead
from shared.fields import Code, Day
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/reference-prices", tags=["reference prices"])


@router.get("")
async def list_prices(
    uow: UoW,
    page: Page,
    county_code: Annotated[Code, Query(examples=["520628"])],
    day: Annotated[Day | None, Query(description="today, if left out")] = None,
) -> PricePage:
    """List what foods cost on the public market as it concerns a county on a day, by food."""
    found, after = await usecases.of_county(uow, page, county_code, day)
    return PricePage(items=[PriceRead.model_validate(one) for one in found], next=after)
