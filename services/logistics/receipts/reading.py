"""Answers about receipts."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from services.logistics.consignments import queries as consignments
from services.logistics.receipts import queries
from services.logistics.receipts.schemas import LotRead, ReceiptLineRead, ReceiptRead, Receipts, VersionRead
from shared.errors import NotFound
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def receipt(uow: UnitOfWork, receipt_id: str) -> ReceiptRead:
    """Return a receipt as it stands, with its history; NotFound names the id."""
    row = await queries.by_id(uow, receipt_id)
    if row is None:
        raise NotFound("receipt", receipt_id, field="receipt_id")
    return (await _read(uow, [row]))[0]


async def receipts_of(uow: UnitOfWork, orders: Sequence[str]) -> dict[str, ReceiptRead]:
    """Return the receipts of the orders, by receipt id."""
    if not orders:
        return {}
    rows = await queries.of_orders(uow, orders)
    return {read.receipt_id: read for read in await _read(uow, list(rows.values()))}


async def list_receipts(uow: UnitOfWork, page: Paging, canteen_id: str | None, day: date | None) -> Receipts:
    """Return a page of receipts."""
    rows = await queries.page_of(uow, page, canteen_id, day)
    more = len(rows) > page.limit
    items = await _read(uow, rows[: page.limit])
    return Receipts(items=items, next=items[-1].receipt_id if more else None)


async def _read(uow: UnitOfWork, rows: Sequence[Any]) -> list[ReceiptRead]:
    if not rows:
        return []
    versions = await queries.versions_of(uow, [row.receipt_id for row in rows])
    lines: dict[str, dict[str, Any]] = defaultdict(dict)
    for line in await consignments.lines_of(uow, [row.order_id for row in rows]):
        lines[line.order_id][line.line_id] = line
    return [_one(row, versions[row.receipt_id], lines[row.order_id]) for row in rows]


def _one(row: Any, versions: Sequence[Any], lines: dict[str, Any]) -> ReceiptRead:
    present = next(version for version in versions if version.version == row.version)
    read = [_line(signed, lines[signed["line_id"]]) for signed in present.lines]
    return ReceiptRead(
        **{name: getattr(row, name) for name in ReceiptRead.model_fields if hasattr(row, name)},
        signers=present.signers,
        received_g=sum(line.received_g for line in read),
        accepted_g=sum(line.accepted_g for line in read),
        lines=read,
        versions=[VersionRead.model_validate(version, from_attributes=True) for version in versions],
    )


def _line(signed: dict[str, Any], line: Any) -> ReceiptLineRead:
    return ReceiptLineRead(
        line_id=signed["line_id"],
        food_code=signed["food_code"],
        confirmed_g=line.confirmed_g,
        dispatched_g=line.dispatched_g,
        received_g=signed["received_g"],
        accepted_g=signed["accepted_g"],
        reason=signed["reason"],
        temperature_c=signed["temperature_c"],
        certificate_seen=signed.get("certificate_seen"),
        photo_ids=signed.get("photo_ids", []),
        refused=signed.get("refused"),
        refused_g=signed["received_g"] - signed["accepted_g"],
        lots=[LotRead(lot_id=lot_id, accepted_g=grams) for lot_id, grams in signed["lots"]],
    )
