"""What state machines that work on logistics' own tables share: how they act, what is called what, how they are run."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from services.logistics.main import definition
from shared.clock import ManualClock
from shared.errors import DomainError
from shared.messaging.embedded import EmbeddedBus
from shared.service import Service
from shared.unit_of_work import UnitOfWork
from tests.api.logistics.county import COUNTY, DAY, NOON
from tests.machines import tries
from tests.templates import bring_up_to_date
from tests.world import START, settings_of

T = TypeVar("T")


class OnTables(RuleBasedStateMachine):
    """A machine that works on a service's tables; each run has names of its own, which begin with `prefix`."""

    def __init__(self, service: Service, runner: asyncio.Runner) -> None:
        super().__init__()
        self._service, self._runner = service, runner
        self.prefix = uuid4().hex[:8]

    def id_of(self, name: str) -> str:
        """Return what something is called in this run."""
        return f"{self.prefix}-{name}"

    @contextmanager
    def refused_if(self, refused: bool) -> Iterator[bool]:
        """Require a refusal where the picture knows of one, and nowhere else."""
        if not refused:
            yield False
            return
        with pytest.raises(DomainError):
            yield True

    def do(self, act: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Do something in a unit of work."""

        async def work() -> T:
            async with self._service.begin() as uow:
                return await act(uow)

        return self._runner.run(work())

    def planned_trip(self, name: str) -> dict[str, Any]:
        """Return the row of a trip of this run that nothing has happened to."""
        named = {"trip_id": self.id_of(name), "plan_id": self.prefix, "version": 1, "county_code": COUNTY, "day": DAY}
        vehicle = {"vehicle_id": self.id_of(name), "driver_id": None, "number": 1, "temperature_class": "ambient"}
        sums = {"status": "planned", "load_g": 1, "distance_m": 1000, "cost_fen": 100}
        return {**named, **vehicle, **sums, "starts_at": NOON, "ends_at": NOON, "planned_at": NOON}


def agrees(machine: type[OnTables], folder: Path, examples: int) -> None:
    """Try a machine so many times on the tables of one service, which are made in the folder."""
    settings = settings_of(["logistics"], folder)["logistics"]
    with asyncio.Runner() as runner:

        async def opened() -> Service:
            service = Service(definition, settings, EmbeddedBus(folder / "bus.sqlite"), ManualClock(START))
            await bring_up_to_date(service)
            return service

        service = runner.run(opened())
        try:
            made = partial(machine, service, runner)
            run_state_machine_as_test(made, settings=tries(examples))  # type: ignore[arg-type]  # calls it
        finally:
            runner.run(service.database.close())
