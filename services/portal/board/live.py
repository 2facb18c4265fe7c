"""A board's stream to a page: what the county's hub tells, as server-sent events with rows written by the server."""

from collections.abc import AsyncGenerator
from typing import Any
from weakref import WeakKeyDictionary

from services.portal.board.hub import Hub, Pace
from services.portal.board.views import WORDS, Run
from services.portal.board.watching import Watcher
from services.portal.rendering import environment
from services.portal.upstream import clients_of
from shared.service import Service

_RETRY = b"retry: 3000\n\n"
_hubs: WeakKeyDictionary[Service, dict[str, Hub]] = WeakKeyDictionary()


def hub_of(service: Service, county_code: str, pace: Pace | None = None) -> Hub:
    """Return the hub of a county's board in this process."""
    hubs = _hubs.setdefault(service, {})
    for code in [each for each, hub in hubs.items() if not hub.is_watched]:
        del hubs[code]
    if county_code not in hubs:
        hubs[county_code] = Hub(county_code, lambda: clients_of(service), service.clock, pace or Pace())
    return hubs[county_code]


def written(run: Run, language: str) -> str:
    """Return a row of the board as HTML."""
    made: Any = environment(language).get_template("board/row.html")
    return str(made.render(run=run, language=language, **WORDS))


async def events(hub: Hub, watcher: Watcher, last: str | None) -> AsyncGenerator[bytes, None]:
    """Give what somebody is told while they watch; it ends with their token."""
    hub.join(watcher, last)
    try:
        yield _RETRY
        while (told := await watcher.next()) is not None:
            yield told
    finally:
        await hub.leave(watcher)
