"""The portal with its hub beside a logistics that tells once a second where a vehicle is: what board_stream measures.

It listens at `PORT`, and writes the cookie of a session that may watch to `DSN`. What the vehicle tells has, as its
driver, the instant at which logistics told it in µs after 1970; so a page knows how old its row is.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from benchmarks.board_stream import COUNTY, DAY
from services.portal.inprocess import InProcess
from services.portal.main import definition
from services.portal.sessions.issuer import Tokens
from services.portal.sessions.usecases import begin
from services.portal.upstream import connect
from shared import migrate
from shared.auth.principal import Principal, Role
from shared.auth.signing import SigningKey
from shared.messaging.embedded import EmbeddedBus
from shared.service import Service, create_app
from shared.settings import Settings

TRIPS = 40
_LONG = timedelta(days=1)
_TRIP: dict[str, Any] = {
    "day": DAY,
    "number": 1,
    "temperature_class": "chilled",
    "status": "departed",
    "load_g": 900_000,
    "starts_at": f"{DAY}T22:00:00Z",
    "ends_at": f"{DAY}T23:00:00Z",
    "counts": {"loaded": 12},
}
_TOLD: dict[str, Any] = {
    "day": DAY,
    "status": "departed",
    "stops": [],
    "reached": [],
    "lat": 28.1,
    "lon": 109.1,
    "temperature_c": 5.5,
    "alarms": 0,
    "late_minutes": 0,
    "warm": False,
    "silent": False,
}


def _told(number: int, now: datetime) -> dict[str, Any]:
    """Return what a vehicle tells; its own temperature makes each row a new one."""
    at = now.isoformat()
    own = {"trip_id": f"trip-{number}", "at": at, "changed_at": at, "temperature_c": now.timestamp() * 1e6}
    return _TOLD | own


async def _logistics(request: Request) -> Response:
    path = request.url.path
    if path == "/board/stream":
        return StreamingResponse(_stream(), media_type="text/event-stream")
    ids = [{"trip_id": f"trip-{n}", "vehicle_id": f"veh-{n}", "driver_id": f"drv-{n}"} for n in range(TRIPS)]
    trips = [_TRIP | one for one in ids]
    return JSONResponse({"items": trips if path == "/trips" else [], "next": None})


async def _stream() -> AsyncIterator[bytes]:
    number = 0
    while True:
        await asyncio.sleep(1.0)
        number = (number + 1) % TRIPS
        told = _told(number, datetime.now(UTC))
        yield f"id: {time.time_ns() // 1000}\nevent: trip\ndata: {json.dumps(told)}\n\n".encode()


async def _serve() -> None:
    folder = Path(mkdtemp())
    key = SigningKey("https://issuer.test")
    settings = Settings(var=folder, database_url=None)
    service = Service(definition, settings, EmbeddedBus(folder / "bus.sqlite"), trusts=[key.trust()])
    await migrate.upgrade(service.database, definition.migrations)
    connect(service, {"logistics": InProcess(Starlette(routes=[Route("/{path:path}", _logistics)]))})
    watcher = Principal("watcher", frozenset({Role.DISPATCHER}), counties=frozenset({COUNTY}))
    token = key.token(watcher, datetime.now(UTC), _LONG)
    _leave(await begin(service, Tokens(token, int(_LONG.total_seconds()))))
    app = create_app(service, owns_lifespan=False)
    config = uvicorn.Config(
        app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error", access_log=False, backlog=2048
    )
    await uvicorn.Server(config).serve()


def _leave(cookie: str) -> None:
    Path(os.environ["DSN"]).write_text(cookie)


if __name__ == "__main__":
    uvloop.run(_serve())
