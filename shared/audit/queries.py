"""All SQL of the audit trail. Acts, changes and links are only added; what waits for a link goes away."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, bindparam, delete, func, insert, literal_column, select, text, tuple_
from sqlalchemy.sql import ColumnElement

from shared.audit.domain import Act, Change, Link, Row, plain
from shared.audit.tables import act as acts
from shared.audit.tables import change as changes
from shared.audit.tables import link as links
from shared.audit.tables import waiting
from shared.database import Session
from shared.prepared import Prepared, Write
from shared.unit_of_work import UnitOfWork

_ALONE = text("SELECT pg_try_advisory_xact_lock(16019, 0)")
_AT_ONCE = 500
_ACT = ("act_id", "at", "subject", "client_id", "roles", "address", "action", "parameters")
_CHANGE = ("act_id", "number", "kind", "object_id", "before", "after")


def _inserted(table: Table, names: Iterable[str]) -> Prepared:
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    # What is returned is counted; without it the driver would say nothing of how many rows there are. It is no column:
    # who acts may add to the trail, and read none of it.
    return Prepared(lambda _: insert(table).values(values).returning(literal_column("1").label("added")))


_ADD_ACT = _inserted(acts, _ACT)
_ADD_CHANGE = _inserted(changes, _CHANGE)
_ADD_WAITING = _inserted(waiting, ("act_id",))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts are asked for; None does not matter. `since` and `until` are instants in UTC, `until` excluded."""

    object_id: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def rows_of(session: Session, table: Table, keys: Collection[tuple[Any, ...]]) -> dict[str, Row]:
    """Return the rows with these primary keys as JSON knows them, by their key as text. What is sealed is left out."""
    if len(keys) == 1:
        (key,) = keys
        await session.flush()  # what was added is to be read, too
        rows = await session.run(_by_key(table), {f"key_{place}": part for place, part in enumerate(key)})
    else:
        rows = await _several(session, table, sorted(keys))
    names = [column.name for column in _shown(table)]
    own = [column.name for column in table.primary_key]
    found: dict[str, Row] = {}
    for row in rows:
        values = {name: plain(value) for name, value in zip(names, row, strict=True) if not isinstance(value, bytes)}
        found["/".join(str(values[name]) for name in own)] = values
    return found


@cache
def _shown(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if not column.name.endswith("_sealed")]


@cache
def _by_key(table: Table) -> Prepared:
    own = (column == bindparam(f"key_{place}", type_=column.type) for place, column in enumerate(table.primary_key))
    statement = select(*_shown(table)).where(*own)
    return Prepared(lambda _: statement)


async def _several(session: Session, table: Table, keys: Sequence[tuple[Any, ...]]) -> list[Sequence[Any]]:
    own = list(table.primary_key)
    rows: list[Sequence[Any]] = []
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        is_wanted = own[0].in_([key[0] for key in some]) if len(own) == 1 else tuple_(*own).in_(some)
        rows += await session.execute(select(*_shown(table)).where(is_wanted))
    return rows


async def add(uow: UnitOfWork, act: Act) -> None:
    """Write an act with what it changed; it waits for its link."""
    await uow.session.write(Write(_ADD_ACT, {name: getattr(act, name) for name in _ACT} | {"roles": list(act.roles)}))
    rows = [dict(zip(_CHANGE, _values(act, number), strict=True)) for number in range(len(act.changes))]
    if len(rows) == 1:
        await uow.session.write(Write(_ADD_CHANGE, rows[0]))
    elif rows:
        await uow.session.execute(insert(changes), rows)
    await uow.session.write(Write(_ADD_WAITING, {"act_id": act.act_id}))


def _values(act: Act, number: int) -> tuple[object, ...]:
    change = act.changes[number]
    return act.act_id, number, change.kind, change.object_id, change.before, change.after


async def is_alone(uow: UnitOfWork) -> bool:
    """Try to be the only one who adds to the chain until the unit of work ends. SQLite has one writer anyway."""
    return uow.dialect != "postgresql" or bool(await uow.session.scalar(_ALONE))


async def waiting_longest(session: Session, limit: int) -> dict[int, str]:
    """Return the acts that wait longest for their link, by position."""
    statement = select(waiting.c.position, waiting.c.act_id).order_by(waiting.c.position).limit(limit)
    return {row[0]: row[1] for row in await session.execute(statement)}


async def add_links(session: Session, made: Sequence[Link], positions: Collection[int], now: datetime) -> None:
    """Append links and let their acts wait no longer."""
    rows = [{"number": each.number, "act_id": each.act_id, "hash": each.hash, "linked_at": now} for each in made]
    await session.execute(insert(links), rows)
    await session.execute(delete(waiting).where(waiting.c.position.in_(positions)))


async def last_link(session: Session) -> Link | None:
    """Return the last link of the chain, None before the first."""
    row = (await session.execute(_links().order_by(links.c.number.desc()).limit(1))).one_or_none()
    return None if row is None else Link(*row)


async def link_at(session: Session, number: int) -> Link | None:
    """Return a link by its number, None when there is none."""
    row = (await session.execute(_links().where(links.c.number == number))).one_or_none()
    return None if row is None else Link(*row)


async def links_after(session: Session, number: int, limit: int) -> list[Link]:
    """Return up to `limit` links behind one of them."""
    statement = _links().where(links.c.number > number).order_by(links.c.number).limit(limit)
    return [Link(*row) for row in await session.execute(statement)]


def _links() -> Any:
    return select(links.c.number, links.c.act_id, links.c.hash)


async def count_waiting(session: Session) -> int:
    """Return how many acts wait for their link."""
    return int(await session.scalar(select(func.count()).select_from(waiting)))


async def forgotten(session: Session) -> str | None:
    """Return an act that neither has a link nor waits for one, None when there is none."""
    linked = select(links.c.number).where(links.c.act_id == acts.c.act_id).exists()
    waits = select(waiting.c.position).where(waiting.c.act_id == acts.c.act_id).exists()
    found: str | None = await session.scalar(select(acts.c.act_id).where(~linked, ~waits).limit(1))
    return found


async def acts_of(session: Session, act_ids: Collection[str]) -> dict[str, Act]:
    """Return these acts with their changes; those that are not there are left out."""
    found: dict[str, Act] = {}
    wanted = sorted(act_ids)
    for start in range(0, len(wanted), _AT_ONCE):
        is_wanted = acts.c.act_id.in_(wanted[start : start + _AT_ONCE])
        found |= {act.act_id: act for act in await _read(session, [is_wanted], None)}
    return found


async def newest(session: Session, limit: int, before: str | None, wanted: Wanted) -> list[Act]:
    """Return up to `limit` acts, the newest first: ids grow with time, `before` is the oldest that was seen."""
    where: list[ColumnElement[bool]] = []
    if before is not None:
        where.append(acts.c.act_id < before)
    if wanted.object_id is not None:
        where.append(acts.c.act_id.in_(select(changes.c.act_id).where(changes.c.object_id == wanted.object_id)))
    if wanted.subject is not None:
        where.append(acts.c.subject == wanted.subject)
    if wanted.since is not None:
        where.append(acts.c.at >= wanted.since)
    if wanted.until is not None:
        where.append(acts.c.at < wanted.until)
    return await _read(session, where, limit)


async def _read(session: Session, where: Sequence[ColumnElement[bool]], limit: int | None) -> list[Act]:
    statement = select(*(acts.c[name] for name in _ACT)).where(*where).order_by(acts.c.act_id.desc()).limit(limit)
    rows = [row._mapping for row in await session.execute(statement)]
    done: dict[str, list[Change]] = {}
    of_acts = changes.c.act_id.in_([row["act_id"] for row in rows])
    columns = [changes.c[name] for name in ("act_id", "kind", "object_id", "before", "after")]
    ordered = select(*columns).where(of_acts).order_by(changes.c.act_id, changes.c.number)
    for act_id, *told in await session.execute(ordered):
        done.setdefault(act_id, []).append(Change(*told))
    return [Act(**{**row, "roles": tuple(row["roles"]), "changes": tuple(done.get(row["act_id"], ()))}) for row in rows]
