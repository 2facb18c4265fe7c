"""Adding figures up: the rule that holds on a day says what is late on it."""

from collections import Counter
from datetime import date, timedelta
from itertools import groupby

from services.logistics.figures import queries
from services.logistics.figures.schemas import DeliveryFigures, DeliveryReport
from services.logistics.tracking.domain import holding
from services.logistics.tracking.queries import all_rules
from shared.errors import DomainError
from shared.unit_of_work import UnitOfWork

LONGEST = timedelta(days=92)
_COUNTED = ("deliveries", "late", "cooled", "warm")


async def report(uow: UnitOfWork, first: date, last: date, county_code: str | None) -> DeliveryReport:
    """Return what arrived from a day to another, both included. Raises DomainError for no days or too many."""
    if not first <= last <= first + LONGEST:
        raise DomainError("days", "from the first to the last day are 1 to 93 days", field="until")
    rules = await all_rules(uow)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    sums: dict[str, Counter[str]] = {}
    for delay_minutes, together in groupby(days, lambda day: holding(rules, day).delay_minutes):
        span = list(together)
        for row in await queries.of_days(uow, span[0], span[-1], county_code, delay_minutes):
            sums.setdefault(row.county_code, Counter()).update({name: getattr(row, name) for name in _COUNTED})
    counties = [DeliveryFigures(county_code=code, **{n: of[n] for n in _COUNTED}) for code, of in sorted(sums.items())]
    return DeliveryReport(first=first, last=last, counties=counties)
