"""A database is migrated while its service works on it: the old version beside the new one."""

import asyncio
from dataclasses import dataclass

from tests.faults.country import Country
from tests.faults.faults import OfOneService
from tools.servers.process import STOP_SECONDS


@dataclass(frozen=True, slots=True)
class Migrate:
    """Two replicas of a new version bring the database to their step at once; then one joins, and the old one leaves.

    The step changes tables that every request and every event use: a column more, another type, an index.
    """

    service: str
    kind: str = "migration"

    @property
    def touches(self) -> frozenset[str]:
        """The service, and its database, which has to be there for it."""
        return frozenset({self.service, "postgres"})

    async def inject(self, country: Country) -> None:
        """Migrate. Raises AssertionError where the old version is not ready on the new tables."""
        await country.further.migrate(self.service)
        ready = await country.lookouts[self.service].get("/readyz", timeout=STOP_SECONDS)
        assert ready.json()["checks"]["migrations"] == "ok", ready.text

    async def heal(self, country: Country) -> None:
        """Let a new replica take over from the old one. Raises AssertionError where it had to be killed."""
        await asyncio.to_thread(country.seats[self.service].join)
        await asyncio.to_thread(country.seats[self.service].leave)


@dataclass(frozen=True, slots=True)
class Replicas(OfOneService):
    """A replica joins, works beside the first for a while, and leaves again."""

    kind: str = "replicas"

    async def inject(self, country: Country) -> None:
        """Let it join; clients go to it."""
        await asyncio.to_thread(country.seats[self.service].join)

    async def heal(self, country: Country) -> None:
        """Let it leave; clients go to the first again. Raises AssertionError where it had to be killed."""
        await asyncio.to_thread(country.seats[self.service].part)
