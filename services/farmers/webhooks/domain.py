"""The rules of webhooks: who hears what, how often a message is tried, when an endpoint is switched off.

A message is tried after growing waits until it is taken (2xx) or no wait is left; then it is dead, shown as such, and
sent again when somebody asks. An endpoint that takes nothing for days, or says 410 Gone, is off: what it would hear is
kept, dead.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.errors import Conflict, DomainError, StaleVersion

MOST_ENDPOINTS = 10
MOST_SECRETS = 5
FIRST_REST_S, LONGEST_REST_S = 5, 300
_OK, _REDIRECTING, _GONE = 200, 300, 410
_BUSY = (429, 503)


class Kind(StrEnum):
    """What an endpoint may want to hear of."""

    ORDER_PLACED = "order.placed"
    ORDER_AMENDED = "order.amended"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_ACCEPTED = "order.accepted"
    ORDER_PARTLY_ACCEPTED = "order.partly_accepted"
    ORDER_DECLINED = "order.declined"
    ORDER_DISPATCHED = "order.dispatched"
    ORDER_RECEIVED = "order.received"
    LOT_RECALLED = "lot.recalled"
    SETTLEMENT_RECORDED = "settlement.recorded"
    PAYMENT_CONFIRMED = "payment.confirmed"


TEST = "webhook.test"
"""The kind of a message somebody asked for to try an endpoint."""


class Status(StrEnum):
    """Whether an endpoint is sent to: `paused` keeps messages waiting, `off` keeps them dead."""

    ACTIVE = "active"
    PAUSED = "paused"
    OFF = "off"


class Fate(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


ENDPOINT_OFF = "endpoint-off"
EXHAUSTED = "no-attempt-left"
GONE = "gone"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that concerns a cooperative: of which kind, about which order, lot, settlement or payment.

    `data` makes what is said of it; it is called only if somebody listens.
    """

    kind: str
    cooperative_id: str
    about: str
    data: Callable[[], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a cooperative's own system is told; `failing_since` is its first failure after its last success."""

    endpoint_id: str
    cooperative_id: str
    url: str
    kinds: tuple[str, ...]
    version: int
    status: str
    status_reason: str | None
    status_since: datetime
    created_at: datetime
    failures: int = 0
    failing_since: datetime | None = None
    delivered_at: datetime | None = None
    resting_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt went: the status answered, or why there was none; times in ms and s."""

    status: int | None
    error: str | None
    took_ms: int
    answer: str = field(default="", repr=False)
    retry_after_s: int | None = None

    @property
    def taken(self) -> bool:
        """Whether the endpoint took the message."""
        return self.status is not None and _OK <= self.status < _REDIRECTING

    @property
    def gone(self) -> bool:
        """Whether the endpoint wants nothing ever again."""
        return self.status == _GONE

    @property
    def asked_to_wait_s(self) -> int:
        """For how long the endpoint asked not to be sent to, 0 when it did not."""
        return self.retry_after_s or 0 if self.status in _BUSY else 0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one waits after each failed attempt of a message, and how long an endpoint may take nothing."""

    waits_s: Sequence[int]
    failing: timedelta


def require_version(endpoint: Endpoint, expected: int | None) -> None:
    """Raise StaleVersion when the caller read another version; None means the caller does not mind."""
    if expected is not None and expected != endpoint.version:
        raise StaleVersion(expected, endpoint.version)


def change(endpoint: Endpoint, url: str, kinds: Sequence[str]) -> Endpoint:
    """Send elsewhere, or of other kinds; what waits goes to the new place."""
    changed = replace(endpoint, url=url, kinds=tuple(sorted(kinds)))
    return endpoint if changed == endpoint else replace(changed, version=endpoint.version + 1)


def pause(endpoint: Endpoint, now: datetime) -> Endpoint:
    """Keep messages waiting until it is resumed. Raises Conflict for one that is off."""
    if endpoint.status == Status.PAUSED:
        return endpoint
    if endpoint.status == Status.OFF:
        raise Conflict("endpoint-off", f"it is off already: {endpoint.status_reason}")
    return _turned(endpoint, Status.PAUSED, None, now)


def resume(endpoint: Endpoint, now: datetime) -> Endpoint:
    """Send again, with all patience; what waits is sent, what is dead stays so until it is replayed."""
    if endpoint.status == Status.ACTIVE:
        return endpoint
    fresh = replace(endpoint, failures=0, failing_since=None, resting_until=None)
    return _turned(fresh, Status.ACTIVE, None, now)


def require_active(endpoint: Endpoint) -> None:
    """Raise Conflict for an endpoint nothing is sent to now."""
    if endpoint.status != Status.ACTIVE:
        raise Conflict("endpoint-not-active", f"it is {endpoint.status}; resume it first")


def require_room(secrets: int) -> None:
    """Raise DomainError when as many secrets are valid as a message is signed with."""
    if secrets >= MOST_SECRETS:
        detail = f"{secrets} secrets are valid; wait until one ends, or end them all with overlap_hours 0"
        raise Conflict("too-many-secrets", detail, field="overlap_hours")


def after_attempts(
    endpoint: Endpoint, outcomes: Sequence[Outcome], patience: Patience, now: datetime, luck: float
) -> Endpoint:
    """Return the endpoint after some messages were tried: it rests after failures, and is off after days of them.

    `luck` (0.8 to 1.2) spreads the rests of endpoints that failed at the same moment.
    """
    if not outcomes:
        return endpoint
    rest_s = max(outcome.asked_to_wait_s for outcome in outcomes)
    if any(outcome.taken for outcome in outcomes):
        after = replace(endpoint, failures=0, failing_since=None, delivered_at=now)
    else:
        failures, since = endpoint.failures + 1, endpoint.failing_since or now
        after = replace(endpoint, failures=failures, failing_since=since)
        rest_s = max(rest_s, round(luck * min(FIRST_REST_S * 2 ** min(failures - 1, 10), LONGEST_REST_S)))
    after = replace(after, resting_until=now + timedelta(seconds=rest_s) if rest_s else None)
    if endpoint.status == Status.OFF:
        return after
    if any(outcome.gone for outcome in outcomes):
        return _turned(after, Status.OFF, "it answered 410 Gone", now)
    if after.failing_since is not None and now - after.failing_since >= patience.failing:
        return _turned(after, Status.OFF, f"it took nothing since {after.failing_since.isoformat()}", now)
    return after


def next_attempt(
    outcome: Outcome, tries: int, patience: Patience, now: datetime, luck: float
) -> tuple[Fate, str | None, datetime | None]:
    """Return what becomes of a message after its `tries`-th attempt: its fate, why it is dead, when it is tried next.

    `luck` (0.8 to 1.2) spreads attempts of messages that failed at the same moment; who asks to be left alone for
    longer is.
    """
    if outcome.taken:
        return Fate.DELIVERED, None, None
    if outcome.gone:
        return Fate.DEAD, GONE, None
    if tries > len(patience.waits_s):
        return Fate.DEAD, EXHAUSTED, None
    wait_s = max(patience.waits_s[tries - 1] * luck, outcome.asked_to_wait_s)
    return Fate.WAITING, None, now + timedelta(seconds=wait_s)


def require_new(url: str, others: Sequence[Endpoint]) -> None:
    """Raise DomainError when a cooperative has too many endpoints, or this one already."""
    if any(other.url == url for other in others):
        raise Conflict("url-taken", "another endpoint of the cooperative has this address", field="url")
    if len(others) >= MOST_ENDPOINTS:
        raise DomainError("too-many-endpoints", f"a cooperative has {MOST_ENDPOINTS} endpoints at most")


def _turned(endpoint: Endpoint, status: Status, reason: str | None, now: datetime) -> Endpoint:
    version = endpoint.version + 1
    return replace(endpoint, status=status, status_reason=reason, status_since=now, version=version)
