"""Days with something near one without: a page that opens on an empty day leads there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.portal.upstream import Away, Upstream


@dataclass(frozen=True, slots=True)
class Near:
    """The last day before, and the first after, on which there is something; None where there is none."""

    before: date | None = None
    after: date | None = None


def among(days: Iterable[date], day: date) -> Near:
    """Return those of some days that are nearest to one, before and after it."""
    known = set(days)
    return Near(max((d for d in known if d < day), default=None), min((d for d in known if d > day), default=None))


async def days_near(
    services: Upstream, path: str, day: date, whose: Iterable[Mapping[str, str]], *, of: str = "logistics"
) -> Near:
    """Return the days nearest to one by a service's route, of all of whom something may be there.

    Nothing where that service is away: the page says that its day is empty, and that is right. Raises Refused.
    """
    asked = (services.get(of, path, {"near": str(day), **one}) for one in whose)
    told = await services.parts(**{str(number): one for number, one in enumerate(asked)})
    found = [said for one in told.values() if not isinstance(one, Away) for said in one.values() if said is not None]
    return among(map(date.fromisoformat, found), day)
