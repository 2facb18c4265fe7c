"""Routes of payment files and of what has grown old."""

from typing import Annotated

from fastapi import Path, Query, Response

from services.procurement.answers import Items, cut
from services.procurement.documents import attachment
from services.procurement.orders.domain import SCHOOL_TIME
from services.procurement.paymentfiles import domain, queries, usecases
from services.procurement.paymentfiles.printing import csv_of
from services.procurement.paymentfiles.schemas import (
    AccountIn,
    AccountRows,
    Ageing,
    FileListed,
    FileRead,
    LateRead,
    PaymentFileIn,
)
from shared.bulk import Imported, parse
from shared.fields import Code, Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["payments"])

FileId = Annotated[Id, Path(examples=["01937a3e-5d5c-7c5f-8a53-2f2f6d0f7a10"])]
County = Annotated[Code | None, Query(examples=["520628"])]


@router.post("/payment-files", status_code=201)
async def make_file(body: PaymentFileIn, uow: UoW) -> FileRead:
    """Make a batch of payments of what a county is still to pay: one for each cooperative, corrections set off."""
    return FileRead.of(await usecases.make(uow, body.county_code, body.until, body.created_by, body.purpose))


@router.get("/payment-files")
async def list_files(
    uow: UoW, page: Page, county_code: County = None, status: domain.Status | None = None
) -> Items[FileListed]:
    """List payment files with their sums."""
    wanted = {"county_code": county_code, "status": None if status is None else status.value}
    rows, after = cut(page, await queries.page(uow.session, page, wanted), lambda row: str(row.file_id))
    return Items(items=[FileListed.of_row(row) for row in rows], next=after)


@router.get("/payment-files/{file_id}")
async def read_file(file_id: FileId, uow: UoW) -> FileRead:
    """Show a payment file with its rows."""
    return FileRead.of(await usecases.file_of(uow, file_id))


@router.get("/payment-files/{file_id}/csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def download_file(file_id: FileId, uow: UoW) -> Response:
    """Give a payment file as the bank takes it: reference, cooperative, amount, and of the account what may be shown.

    The whole account number is in farmers alone: who hands the batch to the bank joins it there by `cooperative_id`,
    and checks it against the four digits.
    """
    file = await usecases.file_of(uow, file_id)
    payees = await queries.payees(uow.session, [row.cooperative_id for row in file.rows])
    return attachment(csv_of(file, payees), "text/csv; charset=utf-8", f"payments-{file_id}.csv")


@router.post("/payment-files/{file_id}/cancel")
async def cancel_file(file_id: FileId, uow: UoW) -> FileRead:
    """Take a file back that the bank did not carry out: what is in it can be paid otherwise."""
    return FileRead.of(await usecases.cancel(uow, file_id))


@router.put("/payment-accounts")
async def put_accounts(body: AccountRows, uow: UoW) -> Imported:
    """Keep of cooperatives' accounts what farmers shows of them, for payment files; never a whole number."""
    good, refused = parse(AccountIn, body)
    done = await usecases.put_accounts(uow, [row.model_dump() for _, row in good])
    done.refused = refused
    return done


@router.get("/ageing")
async def read_ageing(uow: UoW, county_code: County = None) -> Ageing:
    """Sum what is due to cooperatives, and what they hold for their households, by how old it has grown."""
    today = uow.now.astimezone(SCHOOL_TIME).date()
    due = await queries.due_by_age(uow.session, county_code, domain.starts_of(today, domain.DUE_BUCKETS), today)
    held = await queries.held_by_age(uow.session, county_code, domain.starts_of(today, domain.HELD_BUCKETS))
    return Ageing.of(county_code, today, due, held)


@router.get("/late-payments")
async def list_late_payments(uow: UoW, page: Page, county_code: County = None) -> Items[LateRead]:
    """List what should have been paid to cooperatives by now, within the agreed days."""
    today = uow.now.astimezone(SCHOOL_TIME).date()
    found, after = cut(page, await queries.late(uow.session, page, county_code, today), lambda one: one.settlement_id)
    items = [LateRead.late(one, one.due_on, today, one.amount_fen - one.paid_fen) for one in found]
    return Items(items=items, next=after)


@router.get("/late-payouts")
async def list_late_payouts(
    uow: UoW,
    page: Page,
    county_code: County = None,
    days: Annotated[int, Query(ge=0, le=365, description="since the cooperative was paid")] = 7,
) -> Items[LateRead]:
    """List what cooperatives were paid more than some days ago and still hold for their households."""
    today = uow.now.astimezone(SCHOOL_TIME).date()
    before = domain.starts_of(today, [days])[0]
    rows = await queries.held(uow.session, page, county_code, before)
    found, after = cut(page, rows, lambda one: one.settlement_id)
    items = [LateRead.late(one, one.paid_on or one.due_on, today, one.held_fen - one.passed_fen) for one in found]
    return Items(items=items, next=after)
