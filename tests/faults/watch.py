"""What a run looks like from outside: who cannot be reached and how long, and how much memory each service holds."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from shared.messaging.bus import SERVICES
from tests.faults.country import PATIENT_S, Country, values_of

LOOK_S = 0.25
MEMORY_EVERY_S = 2.0
BACKLOG = 50
"""Events that may wait in a service that keeps up, beside those of rows that come many at once."""
PATIENCE_S = 400.0
"""A machine that does other things at the same time starts a process in a minute or more."""
CHEAP = {
    "nutrition": "/foods?limit=1",
    "farmers": "/cooperatives?limit=1",
    "procurement": "/sourcing-runs?limit=1",
    "logistics": "/depots?limit=1",
}
"""A route of each service that reads a row of its database."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A service did not answer from `began_s` to `ended_s` (seconds of the run)."""

    service: str
    began_s: float
    ended_s: float


@dataclass(slots=True)
class Watch:
    """Looks at the country all the time; `outages` and `memory_mb` (all looks by service) are what it saw."""

    country: Country
    backlog: int = BACKLOG
    began: float = field(default_factory=time.monotonic)
    outages: list[Outage] = field(default_factory=list)
    memory_mb: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def now(self) -> float:
        """Return the seconds since the run began."""
        return time.monotonic() - self.began

    async def run(self) -> None:
        """Look until cancelled."""
        await asyncio.gather(*(self._ask(name) for name in SERVICES), self._weigh())

    async def _ask(self, service: str) -> None:
        away_since: float | None = None
        client = self.country.lookouts[service]
        while True:
            asked_s = self.now()
            if await _answers(client, CHEAP[service]):
                if away_since is not None:
                    self.outages.append(Outage(service, away_since, self.now()))
                away_since = None
            elif away_since is None:
                away_since = asked_s
            await asyncio.sleep(LOOK_S)

    async def _weigh(self) -> None:
        while True:
            for name, seat in self.country.seats.items():
                self.memory_mb[name].append(await asyncio.to_thread(seat.memory_mb))
            await asyncio.sleep(MEMORY_EVERY_S)

    async def recovered(self, services: Collection[str] = SERVICES) -> None:
        """Wait until services say that they can work, and keep up. Raises TimeoutError saying who does not."""
        until = time.monotonic() + PATIENCE_S
        while behind := await self._behind(sorted(services)):
            if time.monotonic() > until:
                raise TimeoutError(f"not recovered after {PATIENCE_S:.0f} s: {behind}")
            await asyncio.sleep(LOOK_S)

    async def _behind(self, services: Sequence[str]) -> dict[str, str]:
        """Return who cannot work or does not keep up, and why."""
        looks = await asyncio.gather(*(self._look(name) for name in services))
        return {name: why for name, why in zip(services, looks, strict=True) if why}

    async def _look(self, service: str) -> str:
        client = self.country.lookouts[service]
        try:
            ready = await client.get("/readyz", timeout=PATIENT_S)
            shown = values_of((await client.get("/metrics", timeout=PATIENT_S)).text)
            waiting = shown["outbox_waiting"], shown["consumer_lag"]
        except (httpx.HTTPError, KeyError, ValueError) as error:
            return repr(error)
        if not ready.is_success:
            return ready.text
        return f"outbox and lag {waiting}" if max(waiting) > self.backlog else ""


async def _answers(client: httpx.AsyncClient, path: str) -> bool:
    with suppress(httpx.HTTPError):
        return (await client.get(path)).is_success
    return False
