"""All SQL about offers. `promised_g` moves only in :func:`move_promises`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Row, Select, Text, bindparam, case, func, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from services.farmers.certificates.models import OfferHold
from services.farmers.cooperatives.queries import lies_in
from services.farmers.guidance import changes
from services.farmers.offers.domain import Left, OfferStatus, Terms
from services.farmers.offers.domain import Offer as State
from services.farmers.offers.models import Offer
from services.farmers.rows import as_rows, given
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.errors import Conflict, NotFound
from shared.prepared import Prepared
from shared.routing import Paging

offer = table_of(Offer)
hold = table_of(OfferHold)

offered_g = case((offer.c.status == OfferStatus.OPEN.value, offer.c.quantity_g), else_=offer.c.promised_g)
"""What an offer takes of a season's capacity: all of it while it is open, once withdrawn what stays promised."""

Season = tuple[str, str, date, date]
"""A cooperative, a food, and the days from when until when."""

_TERMS = [field.name for field in fields(Terms)]
_OWN = [field.name for field in fields(State) if field.name != "terms"]


def drawn_g(today: date) -> ColumnElement[int]:
    """Return what an offer draws from its contract: all of it until its last day, then what was promised from it."""
    return case((offer.c.available_until >= today, offered_g), else_=offer.c.promised_g)


async def one(session: Session, offer_id: str, *, for_update: bool = False) -> State:
    """Return an offer, locked if it is to be changed. Raises NotFound."""
    statement = select(offer).where(offer.c.offer_id == offer_id)
    row = (await session.execute(statement.with_for_update() if for_update else statement)).first()
    if row is None:
        raise NotFound("offer", offer_id)
    return state_of(row)


async def pack_sizes(session: Session, dialect: str, ids: Iterable[str]) -> dict[str, int]:
    """Return the g of a pack of those of the offers that come in packs."""
    found = await session.execute(_pack_sizes(dialect), as_rows([each] for each in set(ids)))
    return {row[0]: row[1] for row in found.all()}


@cache
def _pack_sizes(dialect: str) -> Select[Any]:
    asked = given(dialect, offer_id=Text)
    statement = select(offer.c.offer_id, offer.c.pack_size_g).where(offer.c.pack_size_g.is_not(None))
    return statement.where(offer.c.offer_id.in_(select(asked.c.offer_id)))


async def lock(session: Session, dialect: str, ids: Iterable[str]) -> dict[str, State]:
    """Lock those of the offers that exist, in the order of their ids, and return them."""
    found = await session.execute(_lock(dialect), as_rows([each] for each in set(ids)))
    return {row.offer_id: state_of(row) for row in found.all()}


@cache
def _lock(dialect: str) -> Select[Any]:
    asked = given(dialect, offer_id=Text)
    named = offer.c.offer_id.in_(select(asked.c.offer_id))
    return select(offer).where(named).order_by(offer.c.offer_id).with_for_update(of=offer)


async def insert(session: Session, dialect: str, new: Sequence[State]) -> set[str]:
    """Insert offers; returns the ids of those nobody else inserted at the same moment."""
    if not new:
        return set()
    statement = insert_new(dialect, offer).returning(offer.c.offer_id)
    rows = [_row(each) for each in sorted(new, key=lambda each: each.offer_id)]
    await changes.note(session, ((each.cooperative_id, each.terms.food_code) for each in new))
    return set((await session.scalars(statement, rows)).all())


async def save(session: Session, changed: Sequence[State]) -> None:
    """Write offers that were locked before; what is promised from them is not touched."""
    if changed:
        written = [*_TERMS, "poor_share_permille", "status", "version", "published_at", "withdrawn_at"]
        statement = (
            update(offer)
            .where(offer.c.offer_id == bindparam("key"))
            .values({name: bindparam(f"new_{name}") for name in written})
        )
        rows = [(each.offer_id, _row(each)) for each in changed]
        await session.execute(statement, [{"key": key} | {f"new_{n}": row[n] for n in written} for key, row in rows])
        await changes.note(session, ((each.cooperative_id, each.terms.food_code) for each in changed))


async def lock_left(session: Session, ids: Iterable[str], today: date) -> dict[str, Left]:
    """Lock offers in the order of their ids and return what each has left; 0 for one withdrawn, held back or over."""
    found = await session.run(_lock_left, as_rows([each] for each in set(ids)))
    return {
        row[0]: Left(row[1], row[2], row[3] if row[4] == OfferStatus.OPEN and row[5] >= today else 0, row[6])
        for row in found
    }


@Prepared
def _lock_left(dialect: str) -> Select[Any]:
    asked = given(dialect, offer_id=Text)
    held = select(hold.c.offer_id).where(hold.c.offer_id == offer.c.offer_id).exists()
    left = case((held, 0), else_=offer.c.quantity_g - offer.c.promised_g).label("left_g")
    return (
        select(
            offer.c.offer_id,
            offer.c.cooperative_id,
            offer.c.food_code,
            left,
            offer.c.status,
            offer.c.available_until,
            offer.c.contract_id,
        )
        .where(offer.c.offer_id.in_(select(asked.c.offer_id)))
        .order_by(offer.c.offer_id)
        .with_for_update(of=offer)
    )


async def move_promises(session: Session, deltas: Mapping[str, int]) -> set[str]:
    """Promise (positive) or release (negative) grams of offers that were locked before.

    Returns the contracts these offers draw on. Raises Conflict, and the unit of work is undone, should an offer not
    have them: the same grams are never promised twice.
    """
    rows = [(offer_id, delta) for offer_id, delta in sorted(deltas.items()) if delta]
    if not rows:
        return set()
    moved = await session.run(_move, as_rows(rows))
    if len(moved) != len(rows):
        raise Conflict("offer-exhausted", "an offer has not enough left")
    # An open offer counts whole, whatever is promised from it.
    await changes.note(session, ((row[1], row[2]) for row in moved if row[3] == OfferStatus.WITHDRAWN))
    return {row[0] for row in moved if row[0] is not None}


async def release(session: Session, dialect: str, deltas: Mapping[str, int]) -> set[str]:
    """Let go of promised grams (negative deltas) of offers nobody locked yet; returns the contracts they draw on."""
    if any(deltas.values()):
        if dialect == "postgresql" and len(deltas) > 1:
            # An UPDATE of many rows locks them in an order of its own; two of them could wait for each other.
            await session.run(_lock_left, as_rows([each] for each in deltas))
        return await move_promises(session, deltas)
    return set()


@Prepared
def _move(dialect: str) -> ReturningUpdate[Any]:
    asked = given(dialect, offer_id=Text, delta_g=BigInteger)
    after = offer.c.promised_g + asked.c.delta_g
    return (
        update(offer)
        .values(promised_g=after)
        .where(offer.c.offer_id == asked.c.offer_id, after >= 0, after <= offer.c.quantity_g)
        .where(or_(asked.c.delta_g < 0, offer.c.status == OfferStatus.OPEN.value))
        .returning(offer.c.contract_id, offer.c.cooperative_id, offer.c.food_code, offer.c.status)
    )


async def offered_in(session: Session, dialect: str, seasons: Collection[Season]) -> dict[Season, int]:
    """Return what is offered in seasons, in g: an offer counts in the season its first day lies in.

    Exact for whoever holds the lock of the cooperative, as orders only lower it.
    """
    if not seasons:
        return {}
    rows = (await session.execute(_offered_in(dialect), as_rows(sorted(seasons)))).all()
    sums = {(row[0], row[1], row[2], row[3]): int(row[4]) for row in rows}
    return {season: sums.get(season, 0) for season in seasons}


@cache
def _offered_in(dialect: str) -> Select[Any]:
    asked = given(dialect, cooperative_id=Text, food_code=Text, season_from=Date, season_until=Date)
    columns = (asked.c.cooperative_id, asked.c.food_code, asked.c.season_from, asked.c.season_until)
    same = (offer.c.cooperative_id == asked.c.cooperative_id) & (offer.c.food_code == asked.c.food_code)
    begins = offer.c.available_from.between(asked.c.season_from, asked.c.season_until)
    return select(*columns, func.sum(offered_g)).select_from(asked.join(offer, same & begins)).group_by(*columns)


async def page(
    session: Session,
    paging: Paging,
    wanted: Mapping[str, Any],
    county_code: str | None,
    until_from: date | None = None,
) -> list[State]:
    """Return up to `limit` offers, by id; `wanted` names columns and values, None: any."""
    statement = select(offer).order_by(offer.c.offer_id).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(offer.c.offer_id > paging.after)
    if county_code is not None:
        statement = statement.where(lies_in(offer.c.cooperative_id, county_code))
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(offer.c[name] == value)
    if until_from is not None:
        statement = statement.where(offer.c.available_until >= until_from)
    return [state_of(row) for row in (await session.execute(statement)).all()]


def state_of(row: Row[Any]) -> State:
    """Return the value a row of the table stands for."""
    values = row._mapping
    terms = Terms(**{name: values[name] for name in _TERMS})
    return State(terms=terms, **{name: values[name] for name in _OWN})


def _row(each: State) -> dict[str, Any]:
    # Not by `asdict`, which copies deeply: files have thousands of rows.
    return {name: getattr(each.terms, name) for name in _TERMS} | {name: getattr(each, name) for name in _OWN}
