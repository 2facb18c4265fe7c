"""All SQL about which lot was made of which, what moved from one to the other, and recalls that follow it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Row, Select, Text, insert, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from services.farmers.lots.domain import Link, Lot
from services.farmers.lots.models import Lot as LotTable
from services.farmers.lots.models import LotContribution, LotParent
from services.farmers.rows import as_rows, given
from services.farmers.tables import table_of
from shared.database import Session
from shared.errors import Conflict

lot = table_of(LotTable)
contribution = table_of(LotContribution)
parent = table_of(LotParent)

_recalled = (lot.c.lot_id, lot.c.cooperative_id, lot.c.food_code, lot.c.harvest_day, lot.c.certificate_no)

Links = Mapping[str, tuple[Link, ...]]


async def insert_parents(session: Session, new: Sequence[Lot]) -> None:
    """Write of which lots new ones were made."""
    rows = [
        {"lot_id": each.harvest.lot_id, "parent_id": link.lot_id, "quantity_g": link.quantity_g}
        for each in new
        for link in each.parents
    ]
    if rows:
        await session.execute(insert(parent), rows)


async def links_of(session: Session, dialect: str, lot_ids: Collection[str]) -> tuple[Links, Links]:
    """Return the parents and the children of lots, each ordered by id."""
    parameter = as_rows([each] for each in lot_ids)
    up: dict[str, tuple[Link, ...]] = {}
    down: dict[str, tuple[Link, ...]] = {}
    for statement, links in ((_parents(dialect), up), (_children(dialect), down)):
        for own, *other in (await session.execute(statement, parameter)).all():
            links[own] = (*links.get(own, ()), Link(*other))
    return up, down


@cache
def _parents(dialect: str) -> Select[Any]:
    asked = given(dialect, lot_id=Text)
    return (
        select(parent.c.lot_id, parent.c.parent_id, lot.c.certificate_no, parent.c.quantity_g)
        .join(lot, lot.c.lot_id == parent.c.parent_id)
        .where(parent.c.lot_id.in_(select(asked.c.lot_id)))
        .order_by(parent.c.lot_id, parent.c.parent_id)
    )


@cache
def _children(dialect: str) -> Select[Any]:
    asked = given(dialect, lot_id=Text)
    return (
        select(parent.c.parent_id, parent.c.lot_id, lot.c.certificate_no, parent.c.quantity_g)
        .join(lot, lot.c.lot_id == parent.c.lot_id)
        .where(parent.c.parent_id.in_(select(asked.c.lot_id)))
        .order_by(parent.c.parent_id, parent.c.lot_id)
    )


async def move(session: Session, dialect: str, grams: Mapping[str, int], by: Mapping[tuple[str, str], int]) -> None:
    """Move grams out of locked lots, and of what each (lot, household) brought.

    Raises Conflict, and the unit of work is undone, should a lot or a household's part not have them.
    """
    moved = await session.scalars(_move(dialect), as_rows(sorted(grams.items())))
    complete = len(moved.all()) == len(grams)
    rows = [(*key, each) for key, each in sorted(by.items()) if each]
    if rows:
        parts = await session.scalars(_move_parts(dialect), as_rows(rows))
        complete = complete and len(parts.all()) == len(rows)
    if not complete:
        raise Conflict("lot-exhausted", "a lot has not enough left")


@cache
def _move(dialect: str) -> ReturningUpdate[Any]:
    wanted = given(dialect, lot_id=Text, grams=BigInteger)
    return (
        update(lot)
        .values(remaining_g=lot.c.remaining_g - wanted.c.grams, moved_g=lot.c.moved_g + wanted.c.grams)
        .where(lot.c.lot_id == wanted.c.lot_id, lot.c.remaining_g >= wanted.c.grams)
        .returning(lot.c.lot_id)
    )


@cache
def _move_parts(dialect: str) -> ReturningUpdate[Any]:
    wanted = given(dialect, lot_id=Text, household_id=Text, grams=BigInteger)
    own = (contribution.c.lot_id == wanted.c.lot_id, contribution.c.household_id == wanted.c.household_id)
    return (
        update(contribution)
        .values(moved_g=contribution.c.moved_g + wanted.c.grams)
        .where(*own, contribution.c.quantity_g - contribution.c.moved_g >= wanted.c.grams)
        .returning(contribution.c.household_id)
    )


async def recall(session: Session, lot_id: str, at: datetime) -> list[Row[Any]]:
    """Mark a lot recalled, and every lot made of it, however often they were mixed and split.

    Returns (lot_id, cooperative_id, food_code, harvest_day, certificate_no) of those that were not before.

    Each generation is marked before the next is read: a mixture being made at this moment either holds the lot's lock,
    and is found here, or waits for it, and finds the lot recalled.
    """
    reached: set[str] = set()
    marked: list[Row[Any]] = []
    generation = {lot_id}
    while generation:
        reached |= generation
        mark = update(lot).where(lot.c.lot_id.in_(sorted(generation)), lot.c.recalled_at.is_(None))
        marked += (await session.execute(mark.values(recalled_at=at).returning(*_recalled))).all()
        made = select(parent.c.lot_id).where(parent.c.parent_id.in_(sorted(generation)))
        generation = set((await session.scalars(made)).all()) - reached
    return marked
