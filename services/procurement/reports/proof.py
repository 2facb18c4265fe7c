"""The proof of the reports: what is kept added up is what the ledger's rows come to, counted again by other means."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select, text

from services.procurement.ledger.domain import EARNED, Kind
from services.procurement.ledger.models import ledger_entry, ledger_transaction
from services.procurement.ledger.proof import Proof
from services.procurement.months import Month
from services.procurement.orders.domain import SCHOOL_TIME
from services.procurement.reports import monthly
from services.procurement.reports.days import Days
from services.procurement.reports.domain import Reached, Sums
from services.procurement.reports.keeping import sums_of_days
from services.procurement.reports.reaching import reached_in
from shared.clock import SystemClock
from shared.database import Database, Session, database_of
from shared.settings import Settings


async def prove(settings: Settings) -> list[Proof]:
    """Count every month again; nothing is changed."""
    database = database_of(settings, "procurement")
    try:
        return await prove_in(database, SystemClock().now().astimezone(SCHOOL_TIME).date())
    finally:
        await database.close()


async def prove_in(database: Database, today: date) -> list[Proof]:
    """Count every month of a database again, all as of one moment."""
    async with database.transaction(read_only=True) as session:
        if database.dialect == "postgresql":
            await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        days = await session.scalars(select(ledger_transaction.c.delivery_day).distinct())
        months = sorted({f"{day:%Y-%m}" for day in days})
        return [await _prove(session, Month.of(month), today) for month in months]


async def _prove(session: Session, month: Month, today: date) -> Proof:
    days = Days(month.first, month.last, None)
    told, recounted = await sums_of_days(session, days, today), await monthly.sums_of(session, days, today)
    by_county, everybody = await reached_in(session, days)
    again, all_again = await _recounted(session, days)
    wrong = {code for code in told.keys() | recounted if told.get(code, Sums()) != recounted.get(code, Sums())}
    wrong |= {code for code in by_county.keys() | again if by_county.get(code, Reached()) != again.get(code, Reached())}
    if everybody != all_again:
        wrong.add("all together")
    if wrong:
        return Proof(
            f"{month.text}: the report of {', '.join(sorted(wrong))} is not what its rows come to", holds=False
        )
    return Proof(f"{month.text}: the report of {len(told)} counties is what its rows come to", holds=True)


async def _recounted(session: Session, days: Days) -> tuple[dict[str, Reached], Reached]:
    """Return whom a month reached by county and in all, from every entry of a household, ranked here."""
    entry = ledger_entry.c
    statement = (
        select(ledger_transaction.c.county_code, entry.account, entry.poor, entry.amount_fen)
        .join(ledger_transaction, ledger_transaction.c.transaction_id == entry.transaction_id)
        .where(days.of(ledger_transaction), ledger_transaction.c.kind.in_(EARNED), entry.kind == Kind.HOUSEHOLD.value)
    )
    counties: dict[str, dict[str, tuple[int, bool]]] = defaultdict(dict)
    everybody: dict[str, tuple[int, bool]] = {}
    for county_code, account, poor, fen in await session.execute(statement):
        for of_place in (counties[county_code], everybody):
            earned, was_poor = of_place.get(account, (0, False))
            of_place[account] = earned + int(fen), was_poor or bool(poor)
    return {code: _ranked(found.values()) for code, found in counties.items()}, _ranked(everybody.values())


def _ranked(households: Iterable[tuple[int, bool]]) -> Reached:
    earned = sorted((fen, poor) for fen, poor in households if fen > 0)
    return Reached(
        households=len(earned),
        poor_households=sum(poor for _, poor in earned),
        earned_fen=sum(fen for fen, _ in earned),
        ranked_fen=sum(fen * place for place, (fen, _) in enumerate(earned, start=1)),
    )
