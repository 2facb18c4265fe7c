"""All SQL about lots."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, Row, Select, Text, insert, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from services.farmers.cooperatives.queries import lies_in
from services.farmers.lots import lineage
from services.farmers.lots.domain import Harvest, Link, Lot, OnHand
from services.farmers.lots.models import Lot as LotTable
from services.farmers.lots.models import LotContribution
from services.farmers.rows import as_rows, given
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.errors import Conflict, NotFound
from shared.routing import Paging

lot = table_of(LotTable)
contribution = table_of(LotContribution)


_on_hand = (
    lot.c.lot_id,
    lot.c.cooperative_id,
    lot.c.food_code,
    lot.c.harvest_day,
    lot.c.remaining_g,
    lot.c.best_before,
)


async def several(session: Session, dialect: str, ids: Iterable[str]) -> dict[str, Lot]:
    """Return those of the lots that exist."""
    found = await session.execute(_several(dialect), as_rows([each] for each in set(ids)))
    return await _with_contributions(session, dialect, found.all())


@cache
def _several(dialect: str) -> Select[Any]:
    asked = given(dialect, lot_id=Text)
    return select(lot).join(asked, asked.c.lot_id == lot.c.lot_id)


async def one(session: Session, dialect: str, lot_id: str) -> Lot:
    """Return a lot. Raises NotFound."""
    found = await several(session, dialect, [lot_id])
    if lot_id not in found:
        raise NotFound("lot", lot_id)
    return found[lot_id]


async def page(
    session: Session,
    dialect: str,
    paging: Paging,
    cooperative_id: str | None,
    county_code: str | None,
    food_code: str | None,
    harvested_from: date | None = None,
) -> list[Lot]:
    """Return up to `limit` lots with their contributions, ordered by id."""
    statement = select(lot).order_by(lot.c.lot_id).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(lot.c.lot_id > paging.after)
    if cooperative_id is not None:
        statement = statement.where(lot.c.cooperative_id == cooperative_id)
    if county_code is not None:
        statement = statement.where(lies_in(lot.c.cooperative_id, county_code))
    if food_code is not None:
        statement = statement.where(lot.c.food_code == food_code)
    if harvested_from is not None:
        statement = statement.where(lot.c.harvest_day >= harvested_from)
    found = (await session.execute(statement)).all()
    return list((await _with_contributions(session, dialect, found)).values())


async def insert_lots(session: Session, dialect: str, new: Sequence[Lot]) -> set[str]:
    """Insert lots with their contributions; returns the ids of those nobody else inserted at the same moment."""
    if not new:
        return set()
    rows = sorted((_row(each) for each in new), key=lambda row: str(row["lot_id"]))
    inserted = set((await session.scalars(insert_new(dialect, lot).returning(lot.c.lot_id), rows)).all())
    brought = [
        {
            "lot_id": each.harvest.lot_id,
            "household_id": household_id,
            "poor": household_id in each.poor,
            "quantity_g": grams,
        }
        for each in new
        if each.harvest.lot_id in inserted
        for household_id, grams in each.harvest.contributions.items()
    ]
    if brought:
        await session.execute(insert(contribution), brought)
    await lineage.insert_parents(session, [each for each in new if each.harvest.lot_id in inserted])
    return inserted


async def lock_on_hand(session: Session, dialect: str, asked: Iterable[tuple[str, str]]) -> list[OnHand]:
    """Lock what each (cooperative, food) has on hand that may be eaten, first harvested first, and return it."""
    found = await session.execute(_on_hand_of(dialect).with_for_update(of=lot), as_rows(sorted(set(asked))))
    return [OnHand(*row) for row in found.all()]


async def on_hand(session: Session, dialect: str, asked: Iterable[tuple[str, str]]) -> list[OnHand]:
    """Return what each (cooperative, food) has on hand that may be eaten, first harvested first."""
    found = await session.execute(_on_hand_of(dialect), as_rows(sorted(set(asked))))
    return [OnHand(*row) for row in found.all()]


@cache
def _on_hand_of(dialect: str) -> Select[Any]:
    asked = given(dialect, cooperative_id=Text, food_code=Text)
    return (
        select(*_on_hand)
        .join(asked, (asked.c.cooperative_id == lot.c.cooperative_id) & (asked.c.food_code == lot.c.food_code))
        .where(lot.c.remaining_g > 0, lot.c.recalled_at.is_(None), lot.c.unfit_at.is_(None))
        .order_by(lot.c.cooperative_id, lot.c.food_code, lot.c.harvest_day, lot.c.lot_id)
    )


async def lock(session: Session, dialect: str, ids: Iterable[str]) -> list[OnHand]:
    """Lock those of the lots that exist, in the order in which every packing locks them, and return them."""
    found = await session.execute(_lock(dialect), as_rows([each] for each in set(ids)))
    return [OnHand(*row) for row in found.all()]


@cache
def _lock(dialect: str) -> Select[Any]:
    asked = given(dialect, lot_id=Text)
    return (
        select(*_on_hand, lot.c.recalled_at.is_not(None), lot.c.unfit_at.is_not(None))
        .where(lot.c.lot_id.in_(select(asked.c.lot_id)))
        .order_by(lot.c.cooperative_id, lot.c.food_code, lot.c.harvest_day, lot.c.lot_id)
        .with_for_update(of=lot)
    )


async def take(session: Session, dialect: str, grams: Mapping[str, int]) -> None:
    """Take grams of lots that were locked before.

    Raises Conflict, and the unit of work is undone, should a lot not have them: no gram is packed twice.
    """
    if not grams:
        return
    taken = await session.scalars(_take(dialect), as_rows(sorted(grams.items())))
    if len(taken.all()) != len(grams):
        raise Conflict("lot-exhausted", "a lot has not enough left")


@cache
def _take(dialect: str) -> ReturningUpdate[Any]:
    wanted = given(dialect, lot_id=Text, grams=BigInteger)
    return (
        update(lot)
        .values(remaining_g=lot.c.remaining_g - wanted.c.grams)
        .where(lot.c.lot_id == wanted.c.lot_id, lot.c.remaining_g >= wanted.c.grams)
        .returning(lot.c.lot_id)
    )


async def _with_contributions(session: Session, dialect: str, found: Sequence[Row[Any]]) -> dict[str, Lot]:
    if not found:
        return {}
    rows = await session.execute(_contributions(dialect), as_rows([row.lot_id] for row in found))
    by_lot = {key: list(each) for key, each in groupby(rows.all(), key=lambda row: str(row.lot_id))}
    parents, children = await lineage.links_of(session, dialect, [row.lot_id for row in found])
    return {
        row.lot_id: _lot(row, by_lot.get(row.lot_id, []), parents.get(row.lot_id, ()), children.get(row.lot_id, ()))
        for row in found
    }


@cache
def _contributions(dialect: str) -> Select[Any]:
    asked = given(dialect, lot_id=Text)
    return (
        select(contribution)
        .join(asked, asked.c.lot_id == contribution.c.lot_id)
        .order_by(contribution.c.lot_id, contribution.c.household_id)
    )


def _lot(row: Row[Any], brought: Sequence[Row[Any]], parents: tuple[Link, ...], children: tuple[Link, ...]) -> Lot:
    harvest = Harvest(
        lot_id=row.lot_id,
        cooperative_id=row.cooperative_id,
        food_code=row.food_code,
        harvest_day=row.harvest_day,
        certificate_no=row.certificate_no,
        quantity_g=row.quantity_g,
        contributions={each.household_id: each.quantity_g for each in brought},
        best_before=row.best_before,
    )
    poor = frozenset(each.household_id for each in brought if each.poor)
    return Lot(
        harvest,
        poor,
        row.remaining_g,
        row.harvested_at,
        moved_g=row.moved_g,
        moved={each.household_id: each.moved_g for each in brought if each.moved_g},
        recalled_at=row.recalled_at,
        unfit_at=row.unfit_at,
        parents=parents,
        children=children,
    )


def _row(each: Lot) -> dict[str, Any]:
    harvest = each.harvest
    return {
        "lot_id": harvest.lot_id,
        "cooperative_id": harvest.cooperative_id,
        "food_code": harvest.food_code,
        "harvest_day": harvest.harvest_day,
        "certificate_no": harvest.certificate_no,
        "quantity_g": harvest.quantity_g,
        "remaining_g": each.remaining_g,
        "harvested_at": each.harvested_at,
        "best_before": harvest.best_before,
    }
