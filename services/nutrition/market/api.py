"""Routes of the market: what grows, and what foods cost."""

from typing import Annotated

from fastapi import Query

from services.nutrition.market import usecases
from services.nutrition.market.schemas import ContractRead, OfferRead, QuoteRead
from services.nutrition.pages import Listed, listed
from shared.fields import Code, Day
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/market", tags=["market"])

County = Annotated[Code, Query(examples=["520628"])]
Monday = Annotated[Day, Query(description="a Monday", examples=["2026-11-30"])]


@router.get("/quotes")
async def list_quotes(county_code: County, week_start: Monday, page: Page, uow: UoW) -> Listed[QuoteRead]:
    """List what each food costs a county in a week, by food; a food nobody has a price for is not among them."""
    found = await usecases.list_quotes(uow, page, county_code, week_start)
    return listed(page, [QuoteRead.of(quote) for quote in found], lambda quote: quote.food_code)


@router.get("/offers")
async def list_offers(county_code: County, week_start: Monday, page: Page, uow: UoW) -> Listed[OfferRead]:
    """List what the county's cooperatives offer in a week, by offer."""
    found = await usecases.list_offers(uow, page, county_code, week_start)
    return listed(page, found, lambda offer: offer.offer_id)


@router.get("/contracts")
async def list_contracts(county_code: County, week_start: Monday, page: Page, uow: UoW) -> Listed[ContractRead]:
    """List what the county's contracts deliver in a week, by contract."""
    found = await usecases.list_contracts(uow, page, county_code, week_start)
    return listed(page, found, lambda contract: contract.contract_id)
