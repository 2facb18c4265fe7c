"""All SQL of settlement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, insert, select

from services.procurement.disputes.models import dispute
from services.procurement.ledger.domain import EARNED, Transaction
from services.procurement.ledger.models import ledger_entry, ledger_transaction
from services.procurement.orders.models import order_line, purchase_order
from services.procurement.rows import in_order, row_of
from services.procurement.settlement.domain import Purpose, Settlement
from services.procurement.settlement.models import receipt, settlement
from services.procurement.tables import insert_into
from shared.auth.finding import finder
from shared.database import Session
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_SETTLEMENT = [field.name for field in fields(Settlement)]
COLUMNS = [settlement.c[name] for name in _SETTLEMENT]

tenants_of = finder(
    settlement.c.settlement_id,
    county=settlement.c.county_code,
    canteen=settlement.c.canteen_id,
    cooperative=settlement.c.cooperative_id,
)


async def receipt_versions(session: Session, receipt_ids: Iterable[str]) -> dict[str, int]:
    """Return the highest version booked of each of these receipts."""
    versions: dict[str, int] = {}
    for ids in in_order(receipt_ids):
        rows = await session.execute(
            select(receipt.c.receipt_id, receipt.c.version).where(receipt.c.receipt_id.in_(ids))
        )
        versions |= {row[0]: row[1] for row in rows}
    return versions


async def keep_versions(uow: UnitOfWork, booked: Sequence[Transaction]) -> None:
    """Keep which version of each receipt is booked now."""
    statement = insert_into(uow, receipt)
    newer = statement.on_conflict_do_update(index_elements=["receipt_id"], set_={"version": statement.excluded.version})
    rows = [
        {"receipt_id": each.receipt_id, "order_id": each.order_id, "version": each.receipt_version} for each in booked
    ]
    await uow.session.execute(newer, rows)


async def add_settlements(session: Session, settled: Sequence[Settlement]) -> None:
    """Add what is to be paid."""
    if settled:
        await session.execute(insert(settlement), [row_of(each, _SETTLEMENT) for each in settled])


_QUANTITIES = ("ordered_g", "confirmed_g", "dispatched_g", "received_g", "accepted_g", "amount_fen")


def _stands(party: Mapping[str, str], first: date, last: date) -> Select[Any]:
    statement = (
        select()
        .select_from(order_line)
        .join(purchase_order, purchase_order.c.order_id == order_line.c.order_id)
        .where(
            purchase_order.c.delivery_day.between(first, last),
            purchase_order.c.status.notin_(("draft", "refused", "cancelled", "declined")),
        )
    )
    for name, value in party.items():
        statement = statement.where(purchase_order.c[name] == value)
    return statement


async def statement_lines(
    session: Session, party: Mapping[str, str], first: date, last: date, paging: Paging
) -> Sequence[Any]:
    """Return a page of a party's order lines of these days (one more than asked for), by line id."""
    columns = (
        order_line.c.line_id,
        order_line.c.order_id,
        purchase_order.c.delivery_day,
        purchase_order.c.canteen_id,
        purchase_order.c.cooperative_id,
        purchase_order.c.status,
        purchase_order.c.supplier,
        order_line.c.food_code,
        order_line.c.price_fen_per_kg,
        *(order_line.c[name] for name in _QUANTITIES),
    )
    statement = _stands(party, first, last).add_columns(*columns).order_by(order_line.c.line_id).limit(paging.limit + 1)
    if paging.after is not None:
        statement = statement.where(order_line.c.line_id > paging.after)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def statement_totals(session: Session, party: Mapping[str, str], first: date, last: date) -> dict[str, int]:
    """Return the sums of a party's order lines of these days."""
    sums = [func.sum(order_line.c[name]) for name in _QUANTITIES]
    statement = _stands(party, first, last).add_columns(func.count(order_line.c.line_id), *sums)
    count, *totals = (await session.execute(statement)).one()
    return {"lines": count} | {name: int(total or 0) for name, total in zip(_QUANTITIES, totals, strict=True)}


async def statement_money(session: Session, party: Mapping[str, str], first: date, last: date) -> dict[str, int]:
    """Return what was paid of a party's deliveries of these days, what of it is held, what is in dispute (fen).

    And, apart from food, what is due for calling off late, and what was paid of that.
    """
    food, late = (settlement.c.purpose == purpose.value for purpose in Purpose)
    held = settlement.c.held_fen - settlement.c.passed_fen
    sums = {
        "paid_fen": case((food, settlement.c.paid_fen), else_=0),
        "held_fen": case((food, held), else_=0),
        "compensation_fen": case((late, settlement.c.amount_fen), else_=0),
        "compensation_paid_fen": case((late, settlement.c.paid_fen), else_=0),
    }
    money = select(*map(func.sum, sums.values())).where(settlement.c.delivery_day.between(first, last))
    disputed = select(func.sum(dispute.c.ordered_fen - dispute.c.weighed_fen)).where(
        dispute.c.delivery_day.between(first, last), dispute.c.status == "open"
    )
    for name, value in party.items():
        money = money.where(settlement.c[name] == value)
        disputed = disputed.where(dispute.c[name] == value)
    row = (await session.execute(money)).one()
    found = {name: int(value or 0) for name, value in zip(sums, row, strict=True)}
    return found | {"disputed_fen": int(await session.scalar(disputed) or 0)}


async def household_orders(session: Session, account: str, first: date, last: date, paging: Paging) -> Sequence[Any]:
    """Return a page of what a household was paid per order of these days (one more than asked for), by order id."""
    statement = (
        select(
            ledger_transaction.c.order_id,
            ledger_transaction.c.delivery_day,
            func.sum(ledger_entry.c.accepted_g).label("accepted_g"),
            func.sum(ledger_entry.c.amount_fen).label("amount_fen"),
        )
        .join(ledger_transaction, ledger_transaction.c.transaction_id == ledger_entry.c.transaction_id)
        .where(
            ledger_entry.c.account == account,
            ledger_transaction.c.delivery_day.between(first, last),
            ledger_transaction.c.kind.in_(EARNED),
        )
        .group_by(ledger_transaction.c.order_id, ledger_transaction.c.delivery_day)
        .order_by(ledger_transaction.c.order_id)
        .limit(paging.limit + 1)
    )
    if paging.after is not None:
        statement = statement.where(ledger_transaction.c.order_id > paging.after)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows
