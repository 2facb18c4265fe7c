"""What can happen to the country. Each fault is an object: `inject` breaks something, `heal` mends it again.

`kind` is its name in figures and schedules; `touches` are the parts of the country that nothing else may break
meanwhile.
"""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from tests.faults.country import Country


class Fault(Protocol):
    """Something that breaks and is mended."""

    @property
    def kind(self) -> str:
        """Its name."""
        ...

    @property
    def touches(self) -> frozenset[str]:
        """The parts it breaks: services' names, `kafka`, `postgres`."""
        ...

    async def inject(self, country: Country) -> None:
        """Break it."""
        ...

    async def heal(self, country: Country) -> None:
        """Mend it."""
        ...


@dataclass(frozen=True, slots=True)
class OfOneService:
    """What breaks one service and leaves the others alone."""

    service: str

    @property
    def touches(self) -> frozenset[str]:
        """The service."""
        return frozenset({self.service})


@dataclass(frozen=True, slots=True)
class Kill:
    """`kill -9` of one service or of several at once; they are started again."""

    services: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Its name."""
        return "kill" if len(self.services) == 1 else "kill-several"

    @property
    def touches(self) -> frozenset[str]:
        """The services."""
        return frozenset(self.services)

    async def inject(self, country: Country) -> None:
        """Kill all at once."""
        await asyncio.gather(*(asyncio.to_thread(country.seats[name].kill) for name in self.services))

    async def heal(self, country: Country) -> None:
        """Start them again."""
        for name in self.services:
            await asyncio.to_thread(country.seats[name].start)


@dataclass(frozen=True, slots=True)
class DieAt(OfOneService):
    """A service kills itself where it hurts most: at a point of `controls.POINTS`."""

    point: str
    kind: str = "die-at-a-seam"

    async def inject(self, country: Country) -> None:
        """Let it die there when it next comes by."""
        country.calendar.tell(self.service, dies_at=self.point)

    async def heal(self, country: Country) -> None:
        """Let it live, and start it again where it died."""
        country.calendar.tell(self.service, dies_at="")
        await asyncio.to_thread(country.seats[self.service].start)


@dataclass(frozen=True, slots=True)
class KillBrokers:
    """A power cut of the only broker, or of some of a cluster."""

    nodes: tuple[int, ...]
    kind: str = "broker"

    @property
    def touches(self) -> frozenset[str]:
        """The brokers."""
        return frozenset({"kafka"})

    async def inject(self, country: Country) -> None:
        """Kill them."""
        await asyncio.gather(*(asyncio.to_thread(country.brokers.each[node].kill) for node in self.nodes))

    async def heal(self, country: Country) -> None:
        """Start them again, with what they have on disk."""
        await asyncio.to_thread(country.brokers.start)


@dataclass(frozen=True, slots=True)
class KillPostgres:
    """A power cut of the database server."""

    kind: str = "postgres"

    @property
    def touches(self) -> frozenset[str]:
        """The server."""
        return frozenset({"postgres"})

    async def inject(self, country: Country) -> None:
        """Kill it."""
        await asyncio.to_thread(country.postgres.kill)

    async def heal(self, country: Country) -> None:
        """Start it again, with what it has on disk."""
        await asyncio.to_thread(country.postgres.start)


@dataclass(frozen=True, slots=True)
class FillDisk:
    """The database's disk is full; the server may give up over it."""

    kind: str = "full-disk"

    @property
    def touches(self) -> frozenset[str]:
        """The server."""
        return frozenset({"postgres"})

    async def inject(self, country: Country) -> None:
        """Leave no room."""
        await asyncio.to_thread(country.disk.fill, country.postgres.process)

    async def heal(self, country: Country) -> None:
        """Make room, and start the server where it gave up."""
        await asyncio.to_thread(country.disk.free, country.postgres.process)
        await asyncio.to_thread(country.postgres.start)


@dataclass(frozen=True, slots=True)
class Pause(OfOneService):
    """A service's processes stand still (SIGSTOP), and wake up where they were."""

    kind: str = "pause"

    async def inject(self, country: Country) -> None:
        """Stop them."""
        country.seats[self.service].pause()

    async def heal(self, country: Country) -> None:
        """Let them go on."""
        country.seats[self.service].resume()


@dataclass(frozen=True, slots=True)
class StepClock(OfOneService):
    """A service's clock is wrong, and then set right: both ways it jumps."""

    seconds: float
    kind: str = "clock-step"

    async def inject(self, country: Country) -> None:
        """Step it."""
        country.calendar.step(self.service, self.seconds)

    async def heal(self, country: Country) -> None:
        """Set it right."""
        country.calendar.step(self.service, 0.0)


@dataclass(frozen=True, slots=True)
class Unruly(OfOneService):
    """A service's publications go out twice, late and, between topics, in another order."""

    twice: float
    delay_s: float
    kind: str = "unruly-messages"

    async def inject(self, country: Country) -> None:
        """Begin."""
        country.calendar.tell(self.service, twice=self.twice, delay_s=self.delay_s)

    async def heal(self, country: Country) -> None:
        """Stop."""
        country.calendar.tell(self.service, twice=0.0, delay_s=0.0)


@dataclass(frozen=True, slots=True)
class Upgrade(OfOneService):
    """A rolling upgrade: a new replica joins, clients go to it, the old one leaves in order."""

    kind: str = "rolling-upgrade"

    async def inject(self, country: Country) -> None:
        """Let a replica join."""
        await asyncio.to_thread(country.seats[self.service].join)

    async def heal(self, country: Country) -> None:
        """Let the old one leave. Raises AssertionError where it had to be killed."""
        await asyncio.to_thread(country.seats[self.service].leave)
