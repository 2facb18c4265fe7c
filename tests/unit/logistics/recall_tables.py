"""The tables under the machine of recalls: orders on trips of their own, and what was written and told since."""

import asyncio
import json
from typing import Any

from sqlalchemy import func, select

from services.logistics.consignments import usecases as consignments
from services.logistics.recalls import queries as recalls
from services.logistics.trips import queries as trips
from shared.messaging.tables import outbox
from shared.service import Service
from shared.unit_of_work import UnitOfWork
from tests.api.logistics.county import a_confirmation
from tests.unit.logistics.on_tables import OnTables
from tests.unit.logistics.recall_picture import ORDERS


class RecallTables(OnTables):
    """Orders on trips of their own."""

    def __init__(self, service: Service, runner: asyncio.Runner) -> None:
        super().__init__(service, runner)
        self._begun = self.do(self._begin)

    def written(self) -> tuple[dict[str, str], list[dict[str, Any]]]:
        """Return this run's reasons of recalls, by lot, and the events told in it (`type`, `data`), in order."""
        mine = select(recalls.recall).where(recalls.recall.c.lot_id.startswith(self.prefix))
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
        await trips.add_trips(uow, [self.planned_trip(key) for key in ORDERS])
        await trips.assign(uow, {self.id_of(key): [self.id_of(key)] for key in ORDERS})
        return int(await uow.session.scalar(select(func.max(outbox.c.id))) or 0)
