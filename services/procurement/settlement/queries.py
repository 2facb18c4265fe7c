"""All SQL of settlement. The ledger knows INSERT and SELECT, nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, insert, select

from services.procurement.orders.models import order_line, purchase_order
from services.procurement.rows import in_order, row_of
from services.procurement.settlement.domain import NOTHING, Account, Booked, Kind, Transaction
from services.procurement.settlement.models import ledger_entry, ledger_transaction, receipt
from services.procurement.tables import insert_into
from shared.database import Session
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_TRANSACTION = (
    "transaction_id",
    "receipt_id",
    "receipt_version",
    "order_id",
    "county_code",
    "delivery_day",
    "booked_at",
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


async def booked_for(session: Session, receipt_ids: Iterable[str]) -> dict[str, dict[Account, Booked]]:
    """Return what is booked for each of these receipts, by account."""
    found: dict[str, dict[Account, Booked]] = {}
    for ids in in_order(receipt_ids):
        statement = (
            select(
                ledger_transaction.c.receipt_id,
                ledger_entry.c.kind,
                ledger_entry.c.account,
                ledger_entry.c.poor,
                ledger_entry.c.amount_fen,
                ledger_entry.c.accepted_g,
            )
            .join(ledger_transaction, ledger_transaction.c.transaction_id == ledger_entry.c.transaction_id)
            .where(ledger_transaction.c.receipt_id.in_(ids))
        )
        for receipt_id, kind, name, poor, amount, grams in await session.execute(statement):
            accounts = found.setdefault(receipt_id, {})
            account = Account(Kind(kind), name.split("/")[1], bool(poor))
            accounts[account] = accounts.get(account, NOTHING) + Booked(amount, grams)
    return found


async def book(session: Session, transactions: Sequence[Transaction]) -> None:
    """Append transactions and their entries."""
    await session.execute(insert(ledger_transaction), [row_of(each, _TRANSACTION) for each in transactions])
    entries = [
        {
            "transaction_id": each.transaction_id,
            "account": account.name,
            "kind": account.kind.value,
            "poor": account.poor,
            "amount_fen": booked.amount_fen,
            "accepted_g": booked.accepted_g,
        }
        for each in transactions
        for account, booked in each.entries.items()
    ]
    if entries:
        await session.execute(insert(ledger_entry), entries)


async def ledger_sum(session: Session) -> tuple[int, int]:
    """Return how many entries there are, and their sum in fen (0, always)."""
    row = (await session.execute(select(func.count(), func.sum(ledger_entry.c.amount_fen)))).one()
    return row[0], int(row[1] or 0)


async def entries(session: Session, account: str, limit: int, after: int) -> Sequence[Any]:
    """Return a page of an account's entries in the order they were booked (one more than asked for)."""
    statement = (
        select(ledger_entry, ledger_transaction.c.order_id, ledger_transaction.c.delivery_day)
        .add_columns(ledger_transaction.c.booked_at)
        .join(ledger_transaction, ledger_transaction.c.transaction_id == ledger_entry.c.transaction_id)
        .where(ledger_entry.c.account == account, ledger_entry.c.entry_id > after)
        .order_by(ledger_entry.c.entry_id)
        .limit(limit + 1)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def balance(session: Session, account: str, first: date, last: date) -> int:
    """Return what was booked to an account for deliveries of these days, in fen."""
    statement = (
        select(func.sum(ledger_entry.c.amount_fen))
        .join(ledger_transaction, ledger_transaction.c.transaction_id == ledger_entry.c.transaction_id)
        .where(ledger_entry.c.account == account, ledger_transaction.c.delivery_day.between(first, last))
    )
    return int(await session.scalar(statement) or 0)


_QUANTITIES = ("ordered_g", "confirmed_g", "dispatched_g", "received_g", "accepted_g", "amount_fen")


def _stands(party: Mapping[str, str], first: date, last: date) -> Select[Any]:
    statement = (
        select()
        .select_from(order_line)
        .join(purchase_order, purchase_order.c.order_id == order_line.c.order_id)
        .where(
            purchase_order.c.delivery_day.between(first, last),
            purchase_order.c.status.notin_(("cancelled", "declined")),
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
        .where(ledger_entry.c.account == account, ledger_transaction.c.delivery_day.between(first, last))
        .group_by(ledger_transaction.c.order_id, ledger_transaction.c.delivery_day)
        .order_by(ledger_transaction.c.order_id)
        .limit(paging.limit + 1)
    )
    if paging.after is not None:
        statement = statement.where(ledger_transaction.c.order_id > paging.after)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def household_totals(session: Session, account: str, first: date, last: date) -> tuple[int, int]:
    """Return a household's accepted grams and fen for deliveries of these days."""
    statement = (
        select(func.sum(ledger_entry.c.accepted_g), func.sum(ledger_entry.c.amount_fen))
        .join(ledger_transaction, ledger_transaction.c.transaction_id == ledger_entry.c.transaction_id)
        .where(ledger_entry.c.account == account, ledger_transaction.c.delivery_day.between(first, last))
    )
    row = (await session.execute(statement)).one()
    return int(row[0] or 0), int(row[1] or 0)
