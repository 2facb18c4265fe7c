"""Which readings of an old trip are kept: one in a while, and all that lie outside the limit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.logistics.coldchain.domain import Limit


@dataclass(frozen=True, slots=True)
class Kept:
    """A reading as thinning sees it."""

    device_id: str
    sequence: int
    at: datetime
    temperature_c: float | None


def superfluous(readings: Iterable[Kept], limit: Limit, every_s: int) -> list[tuple[str, int]]:
    """Return (device, sequence) of the readings that may go; given are all of a trip, by device and time.

    The first of each device stays, then the first that comes `every_s` or more after the last that stayed. What lies
    outside the limit is evidence, and stays.
    """
    gone: list[tuple[str, int]] = []
    last: Kept | None = None
    for one in readings:
        outside = one.temperature_c is not None and limit.excess(one.temperature_c) > 0
        new = last is None or last.device_id != one.device_id
        if new or (last is not None and (one.at - last.at).total_seconds() >= every_s):
            last = one
        elif not outside:
            gone.append((one.device_id, one.sequence))
    return gone
