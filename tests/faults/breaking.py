"""Carrying out a schedule: one hand breaks one thing at a time, several hands several things."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field

from shared.messaging.bus import SERVICES
from tests.faults.country import Country
from tests.faults.evidence import Violation
from tests.faults.schedule import Planned
from tests.faults.watch import Watch
from tools.servers.system import ServerError


@dataclass(slots=True)
class Happened:
    """A fault that was injected at `injected_s`, healed from `mending_s` to `healed_s` and got over at `recovered_s`.

    All are seconds of the run. To heal a server takes as long as it takes to start, and counts as recovery.
    `parts` are what it touched. `alone`: nothing else that these parts stand on was broken meanwhile, so that what it
    cost is known.
    """

    kind: str
    fault: str
    parts: frozenset[str]
    injected_s: float
    mending_s: float = 0.0
    healed_s: float = 0.0
    recovered_s: float = 0.0
    alone: bool = True

    @property
    def services(self) -> frozenset[str]:
        """The services that have to get over it: those it touched, all of them where it was a server."""
        return self.parts & frozenset(SERVICES) or frozenset(SERVICES)

    def meddles_with(self, other: "Happened") -> bool:
        """Whether what another one cost cannot be told from what this one did."""
        return not self.services.isdisjoint(other.services)


@dataclass(slots=True)
class Breaking:
    """What was and is broken."""

    country: Country
    watch: Watch
    tell: Callable[[str], None]
    happened: list[Happened] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    _present: list[Happened] = field(default_factory=list)
    _locks: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def carry_out(self, schedule: Iterable[Planned], until_s: float | None = None) -> None:
        """Carry a schedule out to its end, or until so many seconds of the run are over."""
        for planned in schedule:
            if until_s is not None and self.watch.now() + planned.after_s + planned.lasts_s > until_s:
                return
            await asyncio.sleep(planned.after_s)
            async with AsyncExitStack() as stack:
                for part in sorted(planned.fault.touches):
                    await stack.enter_async_context(self._locks[part])
                await self._break(planned)

    async def _break(self, planned: Planned) -> None:
        happened = Happened(planned.fault.kind, repr(planned.fault), planned.fault.touches, self.watch.now())
        self._begin(happened)
        try:
            try:
                await planned.fault.inject(self.country)
                await asyncio.sleep(planned.lasts_s)
            finally:
                happened.mending_s = self.watch.now()
                await planned.fault.heal(self.country)
            happened.healed_s = self.watch.now()
            await self.watch.recovered(happened.services)
            happened.recovered_s = self.watch.now()
        except (AssertionError, TimeoutError, ServerError) as error:
            self.violations.append(Violation("what_breaks_is_got_over", happened.fault, str(error)))
        finally:
            self._present.remove(happened)
            self.tell(json.dumps(_rounded(happened)))

    def _begin(self, happened: Happened) -> None:
        self.happened.append(happened)
        for other in self._present:
            if happened.meddles_with(other):
                happened.alone = other.alone = False
        self._present.append(happened)


def _rounded(happened: Happened) -> dict[str, object]:
    known = asdict(happened) | {"parts": sorted(happened.parts)}
    return {name: round(value, 1) if isinstance(value, float) else value for name, value in known.items()}
