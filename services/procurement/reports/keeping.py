"""Keeping the sums of counties' days, so that a month is added up from days and not from millions of rows.

A day's sums are worked out anew behind every change, whole, by the statements that would otherwise sum the month: there
is nothing to drift. A day that changed and was not worked out yet is summed when it is asked for, so no report is late.
"""

from collections import defaultdict
from dataclasses import fields, replace
from datetime import date

from sqlalchemy import text

from services.procurement.orders.domain import SCHOOL_TIME
from services.procurement.reports import monthly
from services.procurement.reports.days import Days
from services.procurement.reports.domain import Sums
from services.procurement.rows import row_of
from services.procurement.sums import queries as sums
from services.procurement.sums.models import changed_day, county_day
from shared.database import Session
from shared.service import Service
from shared.unit_of_work import UnitOfWork

_NAMES = [field.name for field in fields(Sums)]
_ALONE = text("SELECT pg_try_advisory_xact_lock(16016, hashtext(:day))")


async def keep_sums(service: Service) -> int:
    """Work out the sums of days that changed; returns of how many. Safe at any moment and on every replica.

    Days to come are left: what the market costs on them is not known before.
    """
    async with service.begin(read_only=True) as uow:
        today = uow.now.astimezone(SCHOOL_TIME).date()
        changed = await sums.changed(uow.session, changed_day.c.delivery_day <= today)
    done = 0
    for day in sorted({day for _, day in changed}):
        async with service.begin() as uow:
            done += await _keep(uow, day, today)
    return done


async def _keep(uow: UnitOfWork, day: date, today: date) -> int:
    """Work out a day of all counties in which it changed: hardly more than that of one."""
    if uow.dialect == "postgresql" and not await uow.session.scalar(_ALONE, {"day": str(day)}):
        return 0
    # The marks are read before the sums: what is committed in between is in the sums, and its mark stays.
    marks = await sums.marks_of(uow.session, day)
    if not marks:
        return 0
    counties = sorted(set(marks.values()))
    only = [(county_code, day) for county_code in counties]
    found = await monthly.sums_of(uow.session, Days(day, day, None, only), today)
    worked_out = {county_code: row_of(found.get(county_code, Sums()), _NAMES) for county_code in counties}
    await sums.keep(uow, day, worked_out, marks)
    return len(counties)


async def sums_of_days(session: Session, days: Days, today: date) -> dict[str, Sums]:
    """Return the sums of the days by county: what is kept, and what has to be worked out now."""
    changed = set(await sums.changed(session, days.of(changed_day)))
    found: dict[str, Sums] = defaultdict(Sums)
    for county_code, day, *values in await sums.kept(session, _NAMES, days.of(county_day)):
        if (county_code, day) not in changed:
            found[county_code] += Sums(*values)
    if changed:
        for county_code, of_county in (await monthly.sums_of(session, replace(days, only=changed), today)).items():
            found[county_code] += of_county
    return {county_code: found[county_code] for county_code in sorted(found) if found[county_code] != Sums()}
