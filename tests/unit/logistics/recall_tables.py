"""The tables under the machine of recalls: orders on trips of their own, and what was written and told since."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import func, select

from services.logistics.consignments import usecases as consignments
from services.logistics.recalls import queries as recalls
from services.logistics.trips import queries as trips
from shared.errors import DomainError
from shared.messaging.tables import outbox
from shared.service import Service
from shared.unit_of_work import UnitOfWork
from tests.api.logistics.county import COUNTY, DAY, NOON, a_confirmation
from tests.unit.logistics.recall_picture import ORDERS

T = TypeVar("T")


class OnTables(RuleBasedStateMachine):
    """A machine that works on a service's tables; each run has names of its own."""

    def __init__(self, service: Service, runner: asyncio.Runner) -> None:
        super().__init__()
        self._service, self._runner = service, runner
        self._prefix = uuid4().hex[:8]
        self._begun = self.do(self._begin)

    def id_of(self, name: str) -> str:
        """Return what a lot, an order with its trip, or a meal is called in this run."""
        return f"{self._prefix}-{name}"

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

    def written(self) -> tuple[dict[str, str], list[dict[str, Any]]]:
        """Return this run's reasons of recalls, by lot, and the events told in it (`type`, `data`), in order."""
        mine = select(recalls.recall).where(recalls.recall.c.lot_id.startswith(self._prefix))
        since = select(outbox.c.value).where(outbox.c.id > self._begun).order_by(outbox.c.id)

        async def read(uow: UnitOfWork) -> tuple[dict[str, str], list[dict[str, Any]]]:
            reasons = {row.lot_id: row.reason for row in (await uow.session.execute(mine)).all()}
            return reasons, [json.loads(value) for value in (await uow.session.scalars(since)).all()]

        return self.do(read)

    async def _begin(self, uow: UnitOfWork) -> int:
        confirmed = [
            a_confirmation(self.id_of(key), canteen_id=school, grams=tuple(sum(line.values()) for line in lines))
            for key, (school, lines) in ORDERS.items()
        ]
        await consignments.keep_confirmed(uow, confirmed)
        await trips.add_trips(uow, [self._trip(key) for key in ORDERS])
        await trips.assign(uow, {self.id_of(key): [self.id_of(key)] for key in ORDERS})
        return int(await uow.session.scalar(select(func.max(outbox.c.id))) or 0)

    def _trip(self, order: str) -> dict[str, Any]:
        named = {"trip_id": self.id_of(order), "plan_id": self._prefix, "version": 1, "county_code": COUNTY, "day": DAY}
        vehicle = {"vehicle_id": self.id_of(order), "driver_id": None, "number": 1, "temperature_class": "ambient"}
        sums = {"status": "planned", "load_g": 1, "distance_m": 1000, "cost_fen": 100}
        return {**named, **vehicle, **sums, "starts_at": NOON, "ends_at": NOON, "planned_at": NOON}
