"""Faults of the network: connections of a service are cut, or slow."""

from dataclasses import dataclass

from tests.faults.country import Country


@dataclass(frozen=True, slots=True)
class Wire:
    """What a fault of the network lies between: a service and its `clients`, its `database` or the `brokers`."""

    service: str
    end: str

    async def cut(self, country: Country) -> None:
        """Break connections and refuse new ones."""
        for proxy in country.wire(self.service, self.end):
            await proxy.cut()

    async def mend(self, country: Country) -> None:
        """Take connections again, as fast as they come."""
        for proxy in country.wire(self.service, self.end):
            proxy.delay_s = 0.0
            await proxy.mend()

    def slow(self, country: Country, seconds: float) -> None:
        """Hold what passes for a while."""
        for proxy in country.wire(self.service, self.end):
            proxy.delay_s = seconds


@dataclass(frozen=True, slots=True)
class Cut:
    """A service's connections are cut, and refused until they are mended."""

    wire: Wire

    @property
    def kind(self) -> str:
        """Its name."""
        return f"cut-{self.wire.end}"

    @property
    def touches(self) -> frozenset[str]:
        """The service."""
        return frozenset({self.wire.service})

    async def inject(self, country: Country) -> None:
        """Cut them."""
        await self.wire.cut(country)

    async def heal(self, country: Country) -> None:
        """Mend them."""
        await self.wire.mend(country)


@dataclass(frozen=True, slots=True)
class Delay:
    """What a service says and hears comes late."""

    wire: Wire
    seconds: float

    @property
    def kind(self) -> str:
        """Its name."""
        return f"delay-{self.wire.end}"

    @property
    def touches(self) -> frozenset[str]:
        """The service."""
        return frozenset({self.wire.service})

    async def inject(self, country: Country) -> None:
        """Slow them."""
        self.wire.slow(country, self.seconds)

    async def heal(self, country: Country) -> None:
        """Let them be fast again."""
        await self.wire.mend(country)
