"""All SQL of kept sums.

Whoever changes what a day's sums are made of adds a row to `changed_day` in the same unit of work, and nobody waits for
anybody: rows are only added. The sums of such a day are worked out anew, behind the changes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, func, insert, literal, select, union

from services.procurement.ledger.domain import EARNED, Kind
from services.procurement.ledger.models import ledger_entry, ledger_transaction
from services.procurement.rows import in_order
from services.procurement.settlement.models import settlement
from services.procurement.sums.models import changed_day, changed_month, county_day, household_month
from services.procurement.tables import insert_into
from shared.database import Session
from shared.unit_of_work import UnitOfWork

CountyOnDay = tuple[str, date]
"""A county and a delivery day."""


async def mark(session: Session, days: Iterable[CountyOnDay]) -> None:
    """Note that something of these days changed."""
    rows = [{"county_code": county, "delivery_day": day} for county, day in sorted(set(days))]
    if rows:
        await session.execute(insert(changed_day), rows)


async def mark_prices(session: Session, first_days: Mapping[str, date]) -> None:
    """Note that reference prices of regions changed, each from a day on."""
    known = union(
        select(county_day.c.county_code, county_day.c.delivery_day),
        select(changed_day.c.county_code, changed_day.c.delivery_day),
    ).subquery()
    for region, first in sorted(first_days.items()):
        within = func.substr(known.c.county_code, 1, len(region)) == region
        await _mark_found(session, select(known).where(within, known.c.delivery_day >= first))


async def mark_suppliers(session: Session, cooperative_ids: Collection[str]) -> None:
    """Note that cooperatives are in another county than before: what came from where is to be summed anew."""
    for ids in in_order(cooperative_ids):
        named = select(settlement.c.county_code, settlement.c.delivery_day).distinct()
        await _mark_found(session, named.where(settlement.c.cooperative_id.in_(ids)))


async def _mark_found(session: Session, days: Any) -> None:
    await session.execute(insert(changed_day).from_select(["county_code", "delivery_day"], days))


async def changed(session: Session, *where: ColumnElement[bool]) -> list[CountyOnDay]:
    """Return the days of which something changed since their sums were kept."""
    statement = select(changed_day.c.county_code, changed_day.c.delivery_day).distinct().where(*where)
    found = await session.execute(statement.order_by(changed_day.c.delivery_day, changed_day.c.county_code))
    return [(row[0], row[1]) for row in found]


async def marks_of(session: Session, day: date) -> dict[int, str]:
    """Return the marks of a day with their counties, to be taken away when its sums are kept."""
    columns = (changed_day.c.position, changed_day.c.county_code)
    return {row[0]: row[1] for row in await session.execute(select(*columns).where(changed_day.c.delivery_day == day))}


async def keep(uow: UnitOfWork, day: date, sums: Mapping[str, Mapping[str, int]], marks: Iterable[int]) -> None:
    """Keep a day's sums by county and take its marks away; one added meanwhile stays: it is worked out again."""
    statement = insert_into(uow, county_day)
    rows = [{"county_code": county_code, "delivery_day": day, **of_county} for county_code, of_county in sums.items()]
    others = {name: statement.excluded[name] for name in rows[0] if name not in ("county_code", "delivery_day")}
    await uow.session.execute(
        statement.on_conflict_do_update(index_elements=["delivery_day", "county_code"], set_=others), rows
    )
    for positions in in_order(marks):
        await uow.session.execute(delete(changed_day).where(changed_day.c.position.in_(positions)))


async def kept(session: Session, names: Sequence[str], *where: ColumnElement[bool]) -> Sequence[Any]:
    """Return county, day and these sums of the days whose sums are kept."""
    columns = [county_day.c[name] for name in ("county_code", "delivery_day", *names)]
    rows: Sequence[Any] = (await session.execute(select(*columns).where(*where))).all()
    return rows


async def add_households(uow: UnitOfWork, county_code: str, transaction_ids: Iterable[str]) -> None:
    """Add what transactions that are being sealed brought households to the months of their deliveries.

    Whoever seals a county is alone, so no two of them wait for one another.
    """
    month = func.substr(cast(ledger_transaction.c.delivery_day, String), 1, 7)
    key = (month, ledger_entry.c.account, ledger_entry.c.poor)
    upsert = insert_into(uow, household_month)
    more = {name: household_month.c[name] + upsert.excluded[name] for name in ("amount_fen", "accepted_g")}
    names = ["month", "county_code", "account", "poor", "amount_fen", "accepted_g"]
    for ids in in_order(transaction_ids):
        earned = (
            select(
                month,
                literal(county_code),
                ledger_entry.c.account,
                ledger_entry.c.poor,
                func.sum(ledger_entry.c.amount_fen),
                func.sum(ledger_entry.c.accepted_g),
            )
            .join(ledger_transaction, ledger_transaction.c.transaction_id == ledger_entry.c.transaction_id)
            .where(
                ledger_entry.c.transaction_id.in_(ids),
                ledger_entry.c.kind == Kind.HOUSEHOLD.value,
                ledger_transaction.c.kind.in_(EARNED),
            )
            .group_by(*key)
            .order_by(*key)
        )
        added = upsert.from_select(names, earned)
        await uow.session.execute(
            added.on_conflict_do_update(index_elements=["month", "county_code", "account", "poor"], set_=more)
        )
        marks = (
            select(month, literal(county_code))
            .distinct()
            .where(ledger_transaction.c.transaction_id.in_(ids), ledger_transaction.c.kind.in_(EARNED))
        )
        await uow.session.execute(insert(changed_month).from_select(["month", "county_code"], marks))
