"""All SQL of the ledger. It knows INSERT and SELECT, nothing else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select, union_all

from services.procurement.ledger.domain import EARNED, NOTHING, Account, Booked, Transaction
from services.procurement.ledger.models import ledger_entry, ledger_transaction, ledger_waiting
from services.procurement.rows import in_order, row_of
from services.procurement.sums import queries as sums
from shared.database import Session

_TRANSACTION = [field.name for field in fields(Transaction) if field.name != "entries"]
_BOOKED = (
    ledger_entry.c.account,
    ledger_entry.c.poor,
    ledger_entry.c.amount_fen,
    ledger_entry.c.accepted_g,
)


async def book(session: Session, transactions: Sequence[Transaction]) -> None:
    """Append transactions and their entries; they wait for their place in chain and sums, nobody waits for it."""
    if not transactions:
        return
    heads = [row_of(each, _TRANSACTION) | {"kind": each.kind.value} for each in transactions]
    await session.execute(insert(ledger_transaction), heads)
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
    waiting = [{"county_code": each.county_code, "transaction_id": each.transaction_id} for each in transactions]
    await session.execute(insert(ledger_waiting), waiting)
    await sums.mark(session, [(each.county_code, each.delivery_day) for each in transactions])


async def earned_for(session: Session, receipt_ids: Iterable[str]) -> dict[str, dict[Account, Booked]]:
    """Return what was earned by each of these receipts as it is booked, by account."""
    found: dict[str, dict[Account, Booked]] = {}
    for ids in in_order(receipt_ids):
        of_receipts = ledger_transaction.c.receipt_id.in_(ids)
        statement = _entries_of(ledger_transaction.c.receipt_id, of_receipts, ledger_transaction.c.kind.in_(EARNED))
        _add_up(found, await session.execute(statement))
    return found


async def left_of(session: Session, settlement_ids: Iterable[str]) -> dict[str, dict[Account, Booked]]:
    """Return what is in each account of each of these settlements: as it was booked, less what was moved since."""
    found: dict[str, dict[Account, Booked]] = {}
    for ids in in_order(settlement_ids):
        own = ledger_transaction.c.transaction_id
        moved = ledger_transaction.c.settlement_id
        both = union_all(_entries_of(own, own.in_(ids)), _entries_of(moved, moved.in_(ids)))
        _add_up(found, await session.execute(both))
    return found


def _entries_of(of: ColumnElement[str], *where: ColumnElement[bool]) -> Select[Any]:
    joined = ledger_transaction.c.transaction_id == ledger_entry.c.transaction_id
    return select(of.label("of"), *_BOOKED).join(ledger_transaction, joined).where(*where)


def _add_up(found: dict[str, dict[Account, Booked]], rows: Iterable[Any]) -> None:
    for of, name, poor, amount, grams in rows:
        accounts = found.setdefault(of, {})
        account = Account.of(name, poor=bool(poor))
        accounts[account] = accounts.get(account, NOTHING) + Booked(amount, grams)


async def ledger_sum(session: Session) -> tuple[int, int]:
    """Return how many entries there are, and their sum in fen (0, always)."""
    row = (await session.execute(select(func.count(), func.sum(ledger_entry.c.amount_fen)))).one()
    return row[0], int(row[1] or 0)


async def entries(session: Session, account: str, limit: int, after: int) -> Sequence[Any]:
    """Return a page of an account's entries in the order they were booked (one more than asked for)."""
    told = ("order_id", "delivery_day", "booked_at", "settlement_id", "source_id")
    statement = (
        select(ledger_entry, *(ledger_transaction.c[name] for name in told))
        .add_columns(ledger_transaction.c.kind.label("booking"))
        .join(ledger_transaction, ledger_transaction.c.transaction_id == ledger_entry.c.transaction_id)
        .where(ledger_entry.c.account == account, ledger_entry.c.entry_id > after)
        .order_by(ledger_entry.c.entry_id)
        .limit(limit + 1)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def earned(session: Session, accounts: Collection[str], first: date, last: date) -> tuple[int, int]:
    """Return accepted grams and fen that deliveries of these days brought to accounts, whatever was paid of it."""
    statement = (
        select(func.sum(ledger_entry.c.accepted_g), func.sum(ledger_entry.c.amount_fen))
        .join(ledger_transaction, ledger_transaction.c.transaction_id == ledger_entry.c.transaction_id)
        .where(
            ledger_entry.c.account.in_(sorted(accounts)),
            ledger_transaction.c.delivery_day.between(first, last),
            ledger_transaction.c.kind.in_(EARNED),
        )
    )
    row = (await session.execute(statement)).one()
    return int(row[0] or 0), int(row[1] or 0)


async def balances(session: Session, accounts: Collection[str]) -> Mapping[str, int]:
    """Return what is in each of these accounts, in fen; one that nothing was booked to is left out."""
    statement = (
        select(ledger_entry.c.account, func.sum(ledger_entry.c.amount_fen))
        .where(ledger_entry.c.account.in_(sorted(accounts)))
        .group_by(ledger_entry.c.account)
    )
    return {row[0]: int(row[1]) for row in await session.execute(statement)}
