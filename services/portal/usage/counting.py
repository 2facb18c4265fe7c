"""Counting pages: in memory, written once a minute. A process that is killed loses its last minute, and no more."""

from collections import Counter
from datetime import date
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from services.portal.formats import today
from services.portal.tables import insert_for, table_of
from services.portal.usage.models import PageUse
from shared.service import Service
from shared.unit_of_work import UnitOfWork

_use = table_of(PageUse)
_counts: WeakKeyDictionary[Service, Counter[tuple[date, str, str]]] = WeakKeyDictionary()


def count(service: Service, route: str, seen_as: str) -> None:
    """Count a page that was shown."""
    _counts.setdefault(service, Counter())[today(service.clock.now()), route[:200], seen_as] += 1


async def write_counts(service: Service) -> int:
    """Add what was counted to the table; returns how many counters. What cannot be written now is written later."""
    counted = _counts.pop(service, Counter())
    if not counted:
        return 0
    rows = [{"day": d, "route": r, "seen_as": a, "times": n} for (d, r, a), n in sorted(counted.items())]
    try:
        async with service.begin() as uow:
            statement = insert_for(uow.dialect, _use)
            added = {"times": _use.c.times + statement.excluded.times}
            await uow.session.execute(
                statement.on_conflict_do_update(index_elements=["day", "route", "seen_as"], set_=added), rows
            )
    except BaseException:
        _counts.setdefault(service, Counter()).update(counted)
        raise
    return len(rows)


async def by_route(uow: UnitOfWork, first: date) -> dict[str, dict[date, int]]:
    """Return for each route how often it was seen on each day since one."""
    times = func.sum(_use.c.times)
    statement = select(_use.c.route, _use.c.day, times).where(_use.c.day >= first).group_by(_use.c.route, _use.c.day)
    found: dict[str, dict[date, int]] = {}
    for route, day, number in await uow.session.execute(statement):
        found.setdefault(route, {})[day] = int(number)
    return found


async def by_role(uow: UnitOfWork, first: date) -> dict[str, int]:
    """Return how many pages people of each role have seen since a day."""
    statement = select(_use.c.seen_as, func.sum(_use.c.times)).where(_use.c.day >= first).group_by(_use.c.seen_as)
    return {role: int(number) for role, number in await uow.session.execute(statement)}
