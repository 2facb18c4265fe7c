"""Carrying out a schedule: one hand breaks one thing at a time, several hands several things."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field

from tests.faults.country import Country
from tests.faults.schedule import Planned
from tests.faults.watch import Watch


@dataclass(slots=True)
class Happened:
    """A fault that was injected at `injected_s`, healed at `healed_s` and got over at `recovered_s` (of the run).

    `alone`: nothing else was broken meanwhile, so that what it cost is known.
    """

    kind: str
    fault: str
    injected_s: float
    healed_s: float = 0.0
    recovered_s: float = 0.0
    alone: bool = True


@dataclass(slots=True)
class Breaking:
    """What was and is broken."""

    country: Country
    watch: Watch
    tell: Callable[[str], None]
    happened: list[Happened] = field(default_factory=list)
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
        happened = Happened(planned.fault.kind, repr(planned.fault), self.watch.now())
        self._begin(happened)
        try:
            try:
                await planned.fault.inject(self.country)
                await asyncio.sleep(planned.lasts_s)
            finally:
                await planned.fault.heal(self.country)
            happened.healed_s = self.watch.now()
            await self.watch.recovered()
            happened.recovered_s = self.watch.now()
        finally:
            self._present.remove(happened)
            self.tell(json.dumps(_rounded(happened)))

    def _begin(self, happened: Happened) -> None:
        self.happened.append(happened)
        if self._present:
            happened.alone = False
        for other in self._present:
            other.alone = False
        self._present.append(happened)


def _rounded(happened: Happened) -> dict[str, object]:
    return {name: round(value, 1) if isinstance(value, float) else value for name, value in asdict(happened).items()}
