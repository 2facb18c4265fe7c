"""What systemd, compose or Kubernetes do on a real machine: what ended by itself is started again."""

import asyncio
from collections import Counter
from collections.abc import Iterable

from tests.faults.seat import Seat

LOOK_S = 1.0


class Keeper:
    """Starts the processes again that should run and do not; `again` counts how often, by service."""

    def __init__(self, seats: Iterable[Seat]) -> None:
        self._seats = list(seats)
        self.again: Counter[str] = Counter()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            for seat in self._seats:
                self.again[seat.name] += await asyncio.to_thread(seat.keep)
            await asyncio.sleep(LOOK_S)
