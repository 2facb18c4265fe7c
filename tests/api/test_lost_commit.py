"""The database's answer to a commit is lost: the change is made, and nobody can know."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from shared.auth.scope import Scope
from shared.database import Database, Session
from tests import builders as b
from tests.conftest import WorldOf
from tests.world import ok, refused


class Forgetful(Database):
    """Passes everything on; while it is `lost`, a transaction that changes something commits and says it did not."""

    def __init__(self, database: Database) -> None:
        self.dialect = database.dialect
        self.lost = True
        self._database = database

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False, scope: Scope | None = None) -> AsyncIterator[Session]:
        """Give a session; lose the connection after the commit."""
        async with self._database.transaction(read_only=read_only, scope=scope) as session:
            yield session
        if self.lost and not read_only:
            raise ConnectionResetError("connection lost")

    async def run_sync(self, function: Any) -> Any:
        """Pass on."""
        return await self._database.run_sync(function)

    async def close(self) -> None:
        """Leave it open: it is somebody else's."""


async def test_a_lost_answer_to_a_commit_is_no_promise_that_nothing_changed(world_of: WorldOf) -> None:
    """The client is told that it may be done, and to send it again: under its key it counts once."""
    world = await world_of("farmers")
    farmers = world.client("farmers")
    transactions = world.services["farmers"]._transactions
    transactions.database = forgetful = Forgetful(transactions.database)
    rows, key = {"rows": [b.a_cooperative("a")]}, {"Idempotency-Key": "once"}
    told = refused(await farmers.put("/cooperatives", json=rows, headers=key), 503, "database-unavailable")
    assert "nothing changed" not in told["detail"]
    assert "may be done" in told["detail"]
    forgetful.lost = False
    again = await farmers.put("/cooperatives", json=rows, headers=key)
    assert (await ok(again))["refused"] == []
    assert again.headers["idempotency-replayed"] == "true"
    assert [one["cooperative_id"] for one in (await ok(await farmers.get("/cooperatives")))["items"]] == ["coop-a"]


async def test_a_request_of_an_outage_is_no_failure_of_the_app(world_of: WorldOf) -> None:
    """It is answered, and no more: raised again behind its answer, each would leave its traceback in the log."""
    world = await world_of("farmers")
    transactions = world.services["farmers"]._transactions
    transactions.database = Forgetful(transactions.database)
    app = world.client("farmers")._transport.app  # type: ignore[attr-defined]
    raising = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    headers = world.client("farmers").headers
    async with httpx.AsyncClient(transport=raising, base_url="http://farmers", headers=headers) as client:
        answer = await client.put("/cooperatives", json={"rows": [b.a_cooperative("a")]})
    refused(answer, 503, "database-unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["x-content-type-options"] == "nosniff"
