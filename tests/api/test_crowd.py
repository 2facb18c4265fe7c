"""More requests at once than a process can work at."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from starlette.types import Message, Scope

from shared.auth.scope import Scope as Whose
from shared.crowd import Crowd
from shared.database import Database, Session
from tests.conftest import WorldOf
from tests.world import ok, refused

MOST = 3


class Slow(Database):
    """Passes everything on; who wants a transaction waits until the gate is open."""

    def __init__(self, database: Database) -> None:
        self.dialect = database.dialect
        self.gate = asyncio.Event()
        self._database = database

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False, scope: Whose | None = None) -> AsyncIterator[Session]:
        """Give a session when the gate is open."""
        await self.gate.wait()
        async with self._database.transaction(read_only=read_only, scope=scope) as session:
            yield session

    async def run_sync(self, function: Any) -> Any:
        """Pass on."""
        return await self._database.run_sync(function)

    async def close(self) -> None:
        """Leave it open: it is somebody else's."""


async def test_who_comes_when_there_is_a_crowd_is_sent_away_at_once(world_of: WorldOf) -> None:
    """Beyond so many at once a request is answered 503 with Retry-After, unread; liveness is told, the others go on."""
    world = await world_of("farmers")
    farmers = world.client("farmers")
    service = world.services["farmers"]
    service.settings = service.settings.model_copy(update={"requests_at_once": MOST})
    service._transactions.database = slow = Slow(service._transactions.database)
    waiting = [asyncio.create_task(farmers.get("/cooperatives")) for _ in range(MOST)]
    await asyncio.sleep(0.1)
    sent_away = await asyncio.wait_for(farmers.get("/cooperatives"), 1.0)
    refused(sent_away, 503, "too-many-at-once")
    assert int(sent_away.headers["retry-after"]) >= 1
    assert sent_away.headers["x-content-type-options"] == "nosniff"
    await ok(await asyncio.wait_for(farmers.get("/livez"), 1.0))
    slow.gate.set()
    for answer in await asyncio.gather(*waiting):
        await ok(answer)
    for _ in range(2 * MOST):
        await ok(await farmers.get("/cooperatives"))


async def test_a_stream_that_has_begun_keeps_nobody_out() -> None:
    """A stream stays open for hours: counted to its end, a few boards would close the service to everybody."""
    ends = asyncio.Event()

    async def stream(_scope: Scope, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await ends.wait()

    async def fails(_scope: Scope, _receive: Any, _send: Any) -> None:
        raise RuntimeError

    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    service = SimpleNamespace(settings=SimpleNamespace(requests_at_once=1))
    scope: Any = {"type": "http", "path": "/stream", "app": SimpleNamespace(state=SimpleNamespace(service=service))}
    crowd = Crowd(stream)
    streams = []
    for _ in range(3):
        streams.append(asyncio.create_task(crowd(scope, send, send)))  # type: ignore[arg-type]
        await asyncio.sleep(0)
    assert [message["status"] for message in told] == [200, 200, 200]
    ends.set()
    await asyncio.gather(*streams)
    crowd._app = fails
    for _ in range(2):
        answer = (await asyncio.gather(crowd(scope, send, send), return_exceptions=True))[0]  # type: ignore[arg-type]
        assert isinstance(answer, RuntimeError)
