"""What all pages of the board need: whose board it is, which day, and what a dispatcher may do."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request

from services.portal.asking import day_of
from services.portal.board.views import OFFICE, counties_of
from services.portal.upstream import Upstream
from shared.errors import Forbidden
from shared.fields import Day

OfCounty = Annotated[str | None, Query(alias="county", max_length=20, pattern=r"^[0-9]+$")]
OfDay = Annotated[Day | None, Query(alias="day")]


@dataclass(frozen=True, slots=True)
class Board:
    """A county's day; `counties` are those somebody may choose from, `may_act` whether they change something."""

    county_code: str
    day: date
    today: date
    counties: tuple[str, ...]
    may_act: bool

    def where(self, path: str = "/board", day: date | None = None, **more: str) -> str:
        """Return the address of a page of this county's day, or of another day."""
        return f"{path}?{urlencode({'county': self.county_code, 'day': str(day or self.day), **more})}"

    @property
    def before(self) -> date:
        """The day before."""
        return self.day - timedelta(days=1)

    @property
    def after(self) -> date:
        """The day after."""
        return self.day + timedelta(days=1)

    @property
    def query(self) -> dict[str, str]:
        """What services are asked by."""
        return {"county_code": self.county_code, "day": str(self.day)}


async def board_of(request: Request, services: Upstream, county: str | None, day: date | None) -> Board | None:
    """Return the board that was asked for: of a county of theirs, else their first; None where there is none.

    Raises Forbidden for another's county, Away.
    """
    principal = request.state.person.principal
    mine = counties_of(principal)
    if mine is None:
        mine = sorted({one["county_code"] for one in await services.items("logistics", "/depots")})
    elif county is not None and county not in mine:
        raise Forbidden("foreign-county", "the board of another county")
    if county is None and not mine:
        return None
    here = day_of(request)
    chosen = county or mine[0]
    return Board(chosen, day or here, here, tuple(mine), bool(principal.roles & OFFICE))
