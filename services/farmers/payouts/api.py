"""Routes of payouts, and of the payments they pass on."""

from typing import Annotated

from fastapi import Path, Query, Response

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.income import payments
from services.farmers.paging import next_after
from services.farmers.payouts import queries, usecases
from services.farmers.payouts.schemas import (
    PaymentPage,
    PaymentRead,
    PayoutDetail,
    PayoutIn,
    PayoutPage,
    PayoutRead,
    ReversalIn,
)
from shared.fields import Code, Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["payouts"])

PayoutId = Annotated[Id, Path()]


@router.post("/payouts", status_code=201)
async def pay_households(uow: UoW, body: PayoutIn, response: Response) -> PayoutRead:
    """Record that a cooperative paid its households; never before it was paid itself, never a part twice.

    Everything that waits is paid, or what waits of `payment_id`, or of `household_ids`. Corrections that lower a
    household's income are deducted; a household that owes more than it gets is left out.
    """
    payout = await usecases.pay_households(uow, body.asked())
    response.headers["Location"] = f"/payouts/{payout.payout_id}"
    return PayoutRead.model_validate(payout)


@router.post("/payouts/{payout_id}/reversals", status_code=201)
async def reverse_payout(uow: UoW, payout_id: PayoutId, body: ReversalIn, response: Response) -> PayoutRead:
    """Take a payout back, all of it or some households' parts: they wait again, nothing on record is changed."""
    payout = await usecases.reverse_payout(uow, body.reversal(payout_id))
    response.headers["Location"] = f"/payouts/{payout.payout_id}"
    return PayoutRead.model_validate(payout)


@router.get("/payouts")
async def list_payouts(
    uow: UoW,
    page: Page,
    cooperative_id: Annotated[Id | None, Query()] = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
) -> PayoutPage:
    """List payouts, and what took some back, ordered by id."""
    found = await queries.page(uow.session, cooperative_id, county_code, page)
    items = [PayoutRead.model_validate(each) for each in found]
    return PayoutPage(items=items, next=next_after(page, [item.payout_id for item in items]))


@router.get("/payouts/{payout_id}")
async def get_payout(uow: UoW, page: Page, payout_id: PayoutId) -> PayoutDetail:
    """Return a payout with what it brought each household, a page of households at a time."""
    payout = await queries.one(uow.session, payout_id)
    parts, after = await queries.lines(uow.session, payout_id, page)
    return PayoutDetail.of(payout, parts, after)


@router.get("/cooperatives/{cooperative_id}/payments")
async def list_payments(uow: UoW, page: Page, cooperative_id: Annotated[Id, Path()]) -> PaymentPage:
    """List what a cooperative was paid, and what of it still waits for its households."""
    await cooperatives.one(uow.session, cooperative_id)
    items = [PaymentRead.model_validate(row) for row in await payments.page(uow.session, cooperative_id, page)]
    return PaymentPage(items=items, next=next_after(page, [item.payment_id for item in items]))
