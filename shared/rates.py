"""How many requests of a kind somebody may send in a minute, counted by each process."""

import math
import time
from typing import TYPE_CHECKING

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from shared.auth.principal import Role
from shared.errors import TooManyRequests

if TYPE_CHECKING:
    from shared.auth.principal import Principal
    from shared.settings import Settings


class Rates:
    """Counts the requests of addresses and of subjects."""

    def __init__(self, settings: "Settings") -> None:
        self._storage = MemoryStorage()
        self._limiter = FixedWindowRateLimiter(self._storage)
        self._of_address = RateLimitItemPerMinute(settings.address_per_minute, namespace="address")
        self._of_subject = RateLimitItemPerMinute(settings.subject_per_minute, namespace="subject")

    def count_address(self, address: str) -> None:
        """Count a request from an address. Raises TooManyRequests beyond its limit."""
        self._count(self._of_address, address)

    def count_subject(self, principal: "Principal | None") -> None:
        """Count a request of somebody; the system's own are not bound. Raises TooManyRequests beyond the limit."""
        if principal is not None and Role.SYSTEM not in principal.roles:
            self._count(self._of_subject, principal.subject)

    def _count(self, limit: RateLimitItemPerMinute, who: str) -> None:
        if not self._limiter.hit(limit, who):
            left_s = self._limiter.get_window_stats(limit, who).reset_time - time.time()
            raise TooManyRequests(f"at most {limit.amount} requests a minute", max(1, math.ceil(left_s)))
