"""All SQL of the chain. Links are added, never changed; only what waits for a link is taken away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, text

from services.procurement.ledger.chain import Content, EntryRow, Link
from services.procurement.ledger.models import ledger_entry, ledger_link, ledger_transaction, ledger_waiting
from services.procurement.rows import in_order, row_of
from shared.database import Session
from shared.unit_of_work import UnitOfWork

_CONTENT = [field.name for field in fields(Content) if field.name != "entries"]
_LINK = [field.name for field in fields(Link)]
_ALONE = text("SELECT pg_try_advisory_xact_lock(16013, hashtext(:county_code))")


@dataclass(frozen=True, slots=True)
class Head:
    """How long a county's chain is, its last link, and how many transactions wait for theirs."""

    county_code: str
    last: Link | None
    waiting: int


async def waiting_counties(session: Session) -> list[str]:
    """Return the counties in which transactions wait for their link."""
    found = await session.scalars(
        select(ledger_waiting.c.county_code).distinct().order_by(ledger_waiting.c.county_code)
    )
    return list(found.all())


async def is_alone(uow: UnitOfWork, county_code: str) -> bool:
    """Try to be the only one who adds to a county's chain until the unit of work ends. SQLite has one writer anyway."""
    if uow.dialect != "postgresql":
        return True
    return bool(await uow.session.scalar(_ALONE, {"county_code": county_code}))


async def waiting(session: Session, county_code: str, limit: int) -> dict[int, str]:
    """Return the transactions of a county that wait longest, by position."""
    statement = (
        select(ledger_waiting.c.position, ledger_waiting.c.transaction_id)
        .where(ledger_waiting.c.county_code == county_code)
        .order_by(ledger_waiting.c.position)
        .limit(limit)
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def add(session: Session, links: Sequence[Link], positions: Sequence[int], now: datetime) -> None:
    """Append links and let what they seal wait no longer."""
    await session.execute(insert(ledger_link), [row_of(link, _LINK, sealed_at=now) for link in links])
    await session.execute(delete(ledger_waiting).where(ledger_waiting.c.position.in_(positions)))


async def last(session: Session, county_code: str) -> Link | None:
    """Return the last link of a county's chain, None before the first."""
    statement = _links(county_code).order_by(ledger_link.c.number.desc()).limit(1)
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else Link(*row)


async def one(session: Session, county_code: str, number: int) -> Link | None:
    """Return a link, None when there is none."""
    row = (await session.execute(_links(county_code).where(ledger_link.c.number == number))).one_or_none()
    return None if row is None else Link(*row)


async def of_transaction(session: Session, transaction_id: str) -> Link | None:
    """Return the link of a transaction, None while it waits."""
    columns = [ledger_link.c[name] for name in _LINK]
    found = await session.execute(select(*columns).where(ledger_link.c.transaction_id == transaction_id))
    row = found.one_or_none()
    return None if row is None else Link(*row)


async def after(session: Session, county_code: str, number: int, limit: int) -> list[Link]:
    """Return up to `limit` links of a county behind one of them."""
    statement = _links(county_code).where(ledger_link.c.number > number).order_by(ledger_link.c.number).limit(limit)
    return [Link(*row) for row in await session.execute(statement)]


def _links(county_code: str) -> Any:
    return select(*(ledger_link.c[name] for name in _LINK)).where(ledger_link.c.county_code == county_code)


async def contents(session: Session, transaction_ids: Iterable[str]) -> dict[str, Content]:
    """Return what these transactions book; those that are not there are left out."""
    found: dict[str, Content] = {}
    columns = [ledger_transaction.c[name] for name in _CONTENT]
    for ids in in_order(transaction_ids):
        entries: dict[str, list[EntryRow]] = {}
        own = (ledger_entry.c[name] for name in ("transaction_id", "account", "poor", "amount_fen", "accepted_g"))
        for transaction_id, *entry in await session.execute(select(*own).where(ledger_entry.c.transaction_id.in_(ids))):
            account, poor, fen, grams = entry
            entries.setdefault(transaction_id, []).append((account, bool(poor), fen, grams))
        for row in await session.execute(select(*columns).where(ledger_transaction.c.transaction_id.in_(ids))):
            found[row[0]] = Content(**row._mapping, entries=tuple(entries.get(row[0], ())))
    return found


async def heads(session: Session, county_code: str | None = None) -> list[Head]:
    """Return how far the chain of each county is, or of one."""
    number = func.max(ledger_link.c.number).label("number")
    linked = select(ledger_link.c.county_code, number).group_by(ledger_link.c.county_code)
    waits = select(ledger_waiting.c.county_code, func.count()).group_by(ledger_waiting.c.county_code)
    if county_code is not None:
        linked = linked.where(ledger_link.c.county_code == county_code)
        waits = waits.where(ledger_waiting.c.county_code == county_code)
    newest = linked.subquery()
    columns = [ledger_link.c[name] for name in _LINK]
    of_county = (ledger_link.c.county_code == newest.c.county_code) & (ledger_link.c.number == newest.c.number)
    lasts = {row[0]: Link(*row) for row in await session.execute(select(*columns).join(newest, of_county))}
    counts = {row[0]: row[1] for row in await session.execute(waits)}
    return [Head(county, lasts.get(county), counts.get(county, 0)) for county in sorted({*lasts, *counts})]


async def forgotten(session: Session, county_code: str) -> str | None:
    """Return a transaction of a county that neither has a link nor waits for one, None when there is none."""
    own = ledger_transaction.c.transaction_id
    statement = (
        select(own)
        .where(
            ledger_transaction.c.county_code == county_code,
            ~select(ledger_link.c.number).where(ledger_link.c.transaction_id == own).exists(),
            ~select(ledger_waiting.c.position)
            .where(ledger_waiting.c.county_code == county_code, ledger_waiting.c.transaction_id == own)
            .exists(),
        )
        .order_by(own)
        .limit(1)
    )
    found: str | None = await session.scalar(statement)
    return found
