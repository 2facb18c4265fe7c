"""How long somebody waits after so many attempts (NIST SP 800-63B §3.2.2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

FORGOTTEN = timedelta(hours=24)
"""After so long without an attempt the count begins anew."""
LONGEST = timedelta(minutes=15)
_FIRST = timedelta(seconds=5)
OF_LOGIN = 5
OF_ADDRESS = 50
"""Attempts that go wrong before anybody waits; a whole school may come from one address."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Attempts in a row that have not turned out right, and until when there are to be no others."""

    count: int
    last_at: datetime
    until: datetime


def after_another(before: Attempts | None, free: int, now: datetime) -> Attempts:
    """Return the attempts with one more; above `free` each doubles the wait, up to the longest."""
    count = 1 if before is None or before.last_at + FORGOTTEN <= now else before.count + 1
    beyond = count - free
    wait = min(_FIRST * 2 ** min(beyond, 20), LONGEST) if beyond >= 0 else timedelta(0)
    return Attempts(count, now, now + wait)


def seconds_left(attempts: Attempts | None, now: datetime) -> int:
    """Return how long to wait still, in whole seconds."""
    left = timedelta(0) if attempts is None else attempts.until - now
    return max(0, -(-left // timedelta(seconds=1)))


def network_of(address: str) -> str:
    """Return what an address is counted by: of IPv6 the network of one connection, not each of its 2^64 addresses."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if known.version == 4:
        return str(known)
    mapped = known.ipv4_mapped
    return str(mapped) if mapped else str(ip_network((known, 64), strict=False))
