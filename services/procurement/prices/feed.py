"""Reference prices from a bulletin outside, behind a port: over HTTPS, or nobody's.

Asked `GET <url>?since=2026-11-09`, it answers `{"prices": [...]}`: rows as `PUT /reference-prices` takes them, of the
days since then. What was told before changes nothing, so nothing needs to be remembered of it.
"""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

import httpx
import structlog

from services.procurement.prices import usecases
from services.procurement.prices.schemas import PriceIn, PriceRows
from services.procurement.rules.domain import SCHOOL_TIME
from shared.bulk import parse
from shared.fetching import FetchFailed, Patience, fetch
from shared.service import Job, Service
from shared.settings import Settings

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
LOOKED_BACK = timedelta(days=14)
MOST_ROWS = 100_000
ROWS_AT_ONCE = 1000

log = structlog.get_logger()


class FeedFailed(Exception):
    """The bulletin cannot be read now; its text shows nothing of what it answered."""


class PriceFeed(Protocol):
    """A bulletin of prices outside."""

    async def prices(self, since: date) -> list[dict[str, Any]] | None:
        """Return what was published of the days since then, None where there is no bulletin. Raises FeedFailed."""
        ...


class NullFeed:
    """The embedded default: nobody outside is asked, prices come by request."""

    async def prices(self, since: date) -> list[dict[str, Any]] | None:
        """Return None: there is no bulletin."""
        return None


@dataclass(frozen=True)
class HttpFeed:
    """A bulletin over HTTP."""

    url: str
    token: str | None = field(default=None, repr=False)
    transport: httpx.AsyncBaseTransport | None = None
    patience: Patience = field(default_factory=Patience)

    async def prices(self, since: date) -> list[dict[str, Any]] | None:
        """Return what was published of the days since then. Raises FeedFailed."""
        headers = {"accept": "application/json"} | ({"authorization": f"Bearer {self.token}"} if self.token else {})
        async with httpx.AsyncClient(timeout=TIMEOUT, transport=self.transport, headers=headers) as client:
            try:
                return rows_of(await fetch(client, self.url, {"since": since.isoformat()}, self.patience))
            except FetchFailed as error:
                raise FeedFailed(str(error)) from None


def rows_of(body: bytes) -> list[dict[str, Any]]:
    """Return the rows of an answer, not yet looked at. Raises FeedFailed."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise FeedFailed("answered what is no JSON") from None
    rows = answer.get("prices") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FeedFailed("answered without a list of prices")
    if len(rows) > MOST_ROWS:
        raise FeedFailed(f"answered more than {MOST_ROWS} prices")
    return rows


def feed_of(settings: Settings) -> PriceFeed:
    """Return the bulletin the settings name."""
    if settings.prices_url is None:
        return NullFeed()
    token = settings.prices_token
    return HttpFeed(settings.prices_url, None if token is None else token.get_secret_value())


async def follow_prices(service: Service) -> int:
    """Take what the bulletin the settings name published lately; returns how many prices are new. The service's job."""
    return await follow(service, feed_of(service.settings))


async def follow(service: Service, feed: PriceFeed) -> int:
    """Take what a bulletin published lately, asked outside any unit of work; bad rows are noted and passed over."""
    async with service.begin(read_only=True) as uow:
        since = uow.now.astimezone(SCHOOL_TIME).date() - LOOKED_BACK
    try:
        rows = await feed.prices(since)
    except FeedFailed as error:
        log.warning("price-feed-failed", error=str(error))
        return 0
    taken = 0
    for start in range(0, len(rows or ()), ROWS_AT_ONCE):
        good, refused = parse(PriceIn, PriceRows(rows=(rows or [])[start : start + ROWS_AT_ONCE]))
        async with service.begin() as uow:
            now = uow.now
            done = await usecases.publish_prices(uow, [(index, row.price(now)) for index, row in good])
        for refusal in [*refused, *done.refused]:
            log.warning("price-refused", row=start + refusal.index, field=refusal.field, rule=refusal.rule)
        taken += done.created + done.changed
    return taken


jobs = [Job("follow-prices", follow_prices, every_s=3600.0)]
