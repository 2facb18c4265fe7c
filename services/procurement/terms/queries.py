"""All SQL of what was agreed on settling."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Table, select

from services.procurement.rows import in_order
from services.procurement.tables import insert_into
from services.procurement.terms.domain import Fund, Shares, Terms, Tolerance
from services.procurement.terms.models import funding_share, settlement_terms
from shared.database import Session
from shared.unit_of_work import UnitOfWork


async def terms(session: Session, regions: Collection[str] | None = None) -> list[Terms]:
    """Return what these regions (or all) agreed on, by region and day."""
    statement = select(settlement_terms).order_by(settlement_terms.c.region_code, settlement_terms.c.valid_from)
    if regions is not None:
        statement = statement.where(settlement_terms.c.region_code.in_(sorted(regions)))
    return [_terms(row) for row in await session.execute(statement)]


def _terms(row: Any) -> Terms:
    tolerance = None if row.weight_permille is None else Tolerance(row.weight_permille, row.tolerance_fen)
    return Terms(row.region_code, row.valid_from, row.payment_days, row.dispute_days, tolerance)


async def shares(session: Session, scopes: Collection[str] | None = None) -> list[Shares]:
    """Return which funds pay for these schools and regions (or all)."""
    order = (funding_share.c.scope, funding_share.c.valid_from)
    if scopes is None:
        return [_shares(row) for row in await session.execute(select(funding_share).order_by(*order))]
    found = []
    for some in in_order(scopes):
        statement = select(funding_share).where(funding_share.c.scope.in_(some)).order_by(*order)
        found += [_shares(row) for row in await session.execute(statement)]
    return found


def _shares(row: Any) -> Shares:
    return Shares(row.scope, row.valid_from, {fund: getattr(row, f"{fund}_permille") for fund in Fund})


async def put(uow: UnitOfWork, table: Table, rows: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """Write rows by primary key; returns how many were new and how many changed."""
    keys = [column.name for column in table.primary_key]
    present = {tuple(row[:2]): tuple(row) for row in await uow.session.execute(select(table))}
    new = [row for row in rows if tuple(row[key] for key in keys) not in present]
    said = [row for row in rows if tuple(row[key] for key in keys) in present]
    changed = [
        row for row in said if present[tuple(row[key] for key in keys)] != tuple(row[column.name] for column in table.c)
    ]
    if new or changed:
        statement = insert_into(uow, table)
        others = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
        upsert = statement.on_conflict_do_update(index_elements=keys, set_=others)
        await uow.session.execute(upsert, [*new, *changed])
    return len(new), len(changed)
