"""Routes of payments and of what is due."""

from typing import Annotated

from fastapi import Path, Query

from services.procurement.answers import Items, cut
from services.procurement.paymentfiles import usecases as files
from services.procurement.payments import queries, usecases
from services.procurement.payments.schemas import PaymentIn, PaymentListed, PaymentRead, PaymentsRead, SettlementRead
from shared.fields import Code, Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["payments"])

CooperativeAsked = Annotated[Id | None, Query(examples=["coop-520628-001"])]


@router.post("/payments")
async def confirm_payment(body: PaymentIn, uow: UoW) -> PaymentsRead:
    """Confirm that a payment file was carried out, or that a cooperative was paid; never more than is due.

    The bank's reference pays a cooperative once: the same confirmation again changes nothing, another one is refused.
    """
    file_id = body.file_id()
    if file_id is None:
        done = [await usecases.confirm(uow, body.asked())]
    else:
        done = await files.confirm(uow, file_id, body.paid_on, body.reference, body.returned)
    return PaymentsRead(payments=[PaymentRead.of(payment) for payment in done])


@router.get("/payments")
async def list_payments(
    uow: UoW,
    page: Page,
    cooperative_id: CooperativeAsked = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
) -> Items[PaymentListed]:
    """List payments by id."""
    wanted = {"cooperative_id": cooperative_id, "county_code": county_code}
    rows, after = cut(page, await queries.page(uow.session, page, wanted), lambda row: str(row.payment_id))
    return Items(items=[PaymentListed.of_row(row) for row in rows], next=after)


@router.get("/payments/{payment_id}")
async def read_payment(
    payment_id: Annotated[Id, Path(examples=["5f0c5a0e-5d5c-5c5f-8a53-2f2f6d0f7a10"])], uow: UoW
) -> PaymentRead:
    """Show a payment and what it paid of each settlement."""
    return PaymentRead.of(await usecases.payment_of(uow, payment_id))


@router.get("/settlements")
async def list_settlements(
    uow: UoW,
    page: Page,
    cooperative_id: CooperativeAsked = None,
    receipt_id: Annotated[Id | None, Query(examples=["receipt-0001"])] = None,
    open: bool | None = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
) -> Items[SettlementRead]:
    """List what receipts brought cooperatives, and how far it is paid; `open` ones are still to be paid."""
    wanted = {"cooperative_id": cooperative_id, "receipt_id": receipt_id, "open": open, "county_code": county_code}
    rows, after = cut(page, await queries.settlements(uow.session, page, wanted), lambda row: row.settlement_id)
    return Items(items=[SettlementRead.of(row) for row in rows], next=after)
