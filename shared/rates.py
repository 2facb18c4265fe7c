"""How many requests of a kind somebody may send in a minute, counted by each process."""

import math
import time
from collections import Counter
from typing import TYPE_CHECKING

from shared.auth.principal import Role
from shared.errors import TooManyRequests

if TYPE_CHECKING:
    from shared.auth.principal import Principal
    from shared.settings import Settings

_WINDOW_S = 60


class Rates:
    """Counts the requests of addresses, of subjects, and of strangers."""

    def __init__(self, settings: "Settings") -> None:
        self._of_address = _Window(settings.address_per_minute)
        self._of_subject = _Window(settings.subject_per_minute)
        self._of_stranger = _Window(settings.stranger_per_minute)

    def count_address(self, address: str) -> None:
        """Count a request from an address. Raises TooManyRequests beyond its limit."""
        self._of_address.count(address)

    def count_stranger(self, address: str, route: str) -> None:
        """Count what somebody without a token sends to be kept. Raises TooManyRequests beyond the route's limit."""
        self._of_stranger.count(f"{address} {route}")

    def count_subject(self, principal: "Principal | None") -> None:
        """Count a request of somebody; the system's own are not bound. Raises TooManyRequests beyond the limit."""
        if principal is not None and Role.SYSTEM not in principal.roles:
            self._of_subject.count(principal.subject)


class _Window:
    """Counts of one minute at a time, the same minute for everybody, so that all are forgotten at once.

    Not a library: `limits`, kept in memory, starts a thread with almost every request, which walks through
    all it knows.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: Counter[str] = Counter()
        self._until = 0.0

    def count(self, who: str) -> None:
        now = time.monotonic()
        if now >= self._until:
            self._counts.clear()
            self._until = now + _WINDOW_S
        self._counts[who] += 1
        if self._counts[who] > self._most:
            raise TooManyRequests(f"at most {self._most} requests a minute", max(1, math.ceil(self._until - now)))
