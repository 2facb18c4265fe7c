"""Routes of receipts."""

from typing import Annotated

from fastapi import Query, Response

from services.logistics.parameters import OfCanteen, ReceiptId
from services.logistics.receipts import queries, reading, usecases
from services.logistics.receipts.schemas import (
    Amendment,
    BatchAnswer,
    BatchItem,
    ReceiptBatch,
    ReceiptInput,
    ReceiptRead,
    Receipts,
    Refused,
    ToleranceRow,
    ToleranceRows,
    Tolerances,
)
from shared.bulk import Imported
from shared.errors import DomainError
from shared.fields import Day
from shared.keys import Keys
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/receipts", tags=["receipts"])
tolerances = service_router(prefix="/weight-tolerances", tags=["receipts"])


@router.post("", status_code=201)
async def sign_receipt(body: ReceiptInput, uow: UoW, keys: Keys, response: Response) -> ReceiptRead:
    """Sign for an order at the gate: two people weigh, look, accept, accept in part or reject with a reason."""
    (outcome,) = await usecases.sign(uow, keys, [body])
    if isinstance(outcome, DomainError):
        raise outcome
    return _tagged(await reading.receipt(uow, outcome), response)


@router.post("/batch")
async def sign_receipts(body: ReceiptBatch, uow: UoW, keys: Keys) -> BatchAnswer:
    """Sign for several orders at the gate; each is taken or refused by itself."""
    outcomes = await usecases.sign(uow, keys, body.receipts)
    read = await reading.receipts_of(uow, [given.order_id for given in body.receipts])
    items = [
        BatchItem(order_id=given.order_id, refused=_refused(outcome))
        if isinstance(outcome, DomainError)
        else BatchItem(order_id=given.order_id, receipt=read[outcome])
        for given, outcome in zip(body.receipts, outcomes, strict=True)
    ]
    return BatchAnswer(taken=sum(item.receipt is not None for item in items), items=items)


@tolerances.put("")
async def put_tolerances(body: ToleranceRows, uow: UoW) -> Imported:
    """Say how much less than was packed foods may weigh at the gate before a reason is needed, from a day on."""
    return await usecases.put_tolerances(uow, body)


@tolerances.get("")
async def list_tolerances(uow: UoW) -> Tolerances:
    """List every tolerance, by food and day."""
    return Tolerances(
        items=[
            ToleranceRow(food_code=row.food_code or None, valid_from=row.valid_from, permille=row.permille)
            for row in await queries.tolerances(uow)
        ]
    )


@router.get("")
async def list_receipts(
    uow: UoW,
    page: Page,
    canteen_id: OfCanteen = None,
    day: Annotated[Day | None, Query(examples=["2026-11-30"])] = None,
) -> Receipts:
    """List receipts by id."""
    return await reading.list_receipts(uow, page, canteen_id, day)


@router.get("/{receipt_id}")
async def read_receipt(receipt_id: ReceiptId, uow: UoW, response: Response) -> ReceiptRead:
    """Read a receipt as it stands, with its history."""
    return _tagged(await reading.receipt(uow, receipt_id), response)


@router.put("/{receipt_id}")
async def amend_receipt(
    receipt_id: ReceiptId, body: Amendment, uow: UoW, keys: Keys, expected: ExpectedVersion, response: Response
) -> ReceiptRead:
    """Put a receipt right; send the version you read as If-Match."""
    await usecases.amend(uow, keys, receipt_id, expected, body)
    return _tagged(await reading.receipt(uow, receipt_id), response)


def _tagged(read: ReceiptRead, response: Response) -> ReceiptRead:
    response.headers["etag"] = f'"{read.version}"'
    return read


def _refused(error: DomainError) -> Refused:
    return Refused(status=error.status, rule=error.rule, field=error.field, detail=error.detail)
