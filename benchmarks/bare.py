"""What services written by hand share: Starlette, a pool of asyncpg, a port. `DSN=… PORT=…` say where."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.collector import collect_seldom

CONNECTIONS = 20
"""As many as a service has."""


def serve(*routes: Route, connections: int = CONNECTIONS) -> None:
    """Serve routes until the process is ended; each finds the pool at `request.app.state.pool`."""

    @asynccontextmanager
    async def pool(app: Starlette) -> AsyncIterator[None]:
        size = {"min_size": connections, "max_size": connections}
        async with asyncpg.create_pool(os.environ["DSN"], **size, reset=_as_it_is) as opened:
            app.state.pool = opened
            yield

    app = Starlette(routes=[*routes, Route("/readyz", _ready)], lifespan=pool)
    collect_seldom()
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_config=None, access_log=False)


async def _as_it_is(_connection: Any) -> None:
    """Leave a connection as it is: nothing here changes its state."""


async def _ready(_request: Request) -> Response:
    return Response("ready")
