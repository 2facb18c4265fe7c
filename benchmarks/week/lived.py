"""A made county or more, loaded into a cloud, whose week can be lived step by step."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.week.cloud import PARKED_FOR, Cloud, cloud
from benchmarks.week.kept import Kept
from services.demo.calls import Crew
from services.demo.play import schools_of
from services.demo.week import Week
from services.generator import Manifest, generate, read_manifest
from services.loading import Loaded, load

SCHOOLS, COOPERATIVES = 17_890, 5_000
"""The province's."""
HANDS = 16
NOT_LIVED = frozenset({"plans and templates are compared", "what is still wanted is told"})
"""Steps of the demo that are no part of a week's work."""


@dataclass(slots=True)
class Living:
    """The cloud, who lives in it, and their week; `tick` is called after each thing done."""

    cloud: Cloud
    manifest: Manifest
    directory: Path
    tick: Callable[[], None] = lambda: None
    week: Week = field(init=False)

    def __post_init__(self) -> None:
        self.week = Week(
            self.manifest.counties,
            self.manifest.week_start,
            schools_of(self.directory),
            self.cloud.clients,
            self.cloud.clock,
            self.cloud.settle,
            Crew(lambda: self.tick(), HANDS),
            self.directory / "comparison.json",
        )

    async def load(self) -> int:
        """Load everything that stays; returns how many rows there are. Raises ValueError where one is refused."""
        loaded = Loaded()
        async for _ in load(self.directory, self.cloud.clients, loaded):
            pass
        if loaded.bad:
            raise ValueError(f"made rows are refused: {loaded.bad[:3]}")
        await self.cloud.settle()
        return loaded.created

    async def steps(self, finished: Collection[str] = ()) -> AsyncIterator[str]:
        """Live through what is not finished of the week; yields the name of each step before it is done."""
        async for step in self.week.steps(NOT_LIVED.union(finished)):
            yield step

    async def until(self, last: str) -> None:
        """Load everything and live until a step is over."""
        await self.load()
        over = False
        async for step in self.steps():
            if over:
                return
            over = step == last


@asynccontextmanager
async def living(schools: int, seed: int, kept: Kept | None = None) -> AsyncIterator[Living]:
    """Make so many schools and as many cooperatives as the province has for them, beside an empty cloud.

    Of a week that was begun all is there, and the clock stands where it stood and a little later.
    """
    with TemporaryDirectory() as folder:
        directory = kept.directory / "made" if kept else Path(folder)
        if kept is None or kept.clock is None:
            generate(schools, max(8, round(schools * COOPERATIVES / SCHOOLS)), seed, directory)
        manifest = read_manifest(directory)
        before = datetime.combine(manifest.week_start - timedelta(days=7), datetime.min.time(), UTC)
        # Later than anybody waits for who holds a piece of work: what ended in the middle of it is free again.
        start = kept.clock + PARKED_FOR if kept and kept.clock else before
        async with cloud(start, kept.directory if kept else None) as running:
            yield Living(running, manifest, directory)
