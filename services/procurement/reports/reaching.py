"""Whom a month reached, kept by county and for all together, so that no report ranks a province's households.

Kept is what is sealed, worked out anew behind every change, whole, by the statement that would otherwise be asked. A
county of which something was sealed since, or waits to be, is ranked when it is asked for: no report is late.
"""

from dataclasses import replace

from sqlalchemy import text

from services.procurement.months import Month
from services.procurement.reports import earned
from services.procurement.reports.days import Days
from services.procurement.reports.domain import Reached
from services.procurement.sums import reached as sums
from services.procurement.sums.reached import EVERYWHERE
from shared.database import Session
from shared.service import Service
from shared.unit_of_work import UnitOfWork

_ALONE = text("SELECT pg_try_advisory_xact_lock(16017, hashtext(:month))")


async def keep_reached(service: Service) -> int:
    """Work out whom months reached of which something was sealed; returns how many. Safe on every replica."""
    async with service.begin(read_only=True) as uow:
        months = await sums.changed(uow.session)
    done = 0
    for month in months:
        async with service.begin() as uow:
            done += await _keep(uow, Month.of(month))
    return done


async def _keep(uow: UnitOfWork, month: Month) -> int:
    if uow.dialect == "postgresql" and not await uow.session.scalar(_ALONE, {"month": month.text}):
        return 0
    # The marks are read before the sums: what is sealed in between is in the sums, and its mark stays.
    marks = await sums.marks_of(uow.session, month.text)
    if not marks:
        return 0
    days = Days(month.first, month.last, None)
    counties = sorted(set(marks.values()))
    found = await earned.reached_by_county(uow.session, replace(days, counties=counties), sealed_only=True)
    found = {county_code: found.get(county_code, Reached()) for county_code in counties}
    found[EVERYWHERE] = await earned.reached(uow.session, days, sealed_only=True)
    await sums.keep(uow, month.text, found, marks)
    return 1


async def reached_in(session: Session, days: Days) -> tuple[dict[str, Reached], Reached]:
    """Return whom a month reached, by county and in all; a household in two counties is one."""
    # What is open is read before what is kept: what is kept in between is newer, never older.
    unkept = await earned.unkept_counties(session, days)
    if days.county_code is not None:
        unkept &= {days.county_code}
    found = {
        county_code: Reached(*figures)
        for county_code, *figures in await sums.kept(session, days.month)
        if county_code not in unkept and days.county_code in (None, county_code)
    }
    everybody = found.pop(EVERYWHERE, Reached())
    if unkept:
        found |= await earned.reached_by_county(session, replace(days, counties=sorted(unkept)))
    if days.county_code is not None:
        return found, found.get(days.county_code, Reached())
    return found, await earned.reached(session, days) if unkept else everybody
