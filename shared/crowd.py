"""How many requests a process works at: who comes beyond that is sent away at once, for waiting takes memory."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import Overloaded
from shared.problems import of_domain_error
from shared.telemetry import PROBES


class Crowd:
    """ASGI middleware: 503 with Retry-After for whoever comes when `requests_at_once` wait for their answer to begin.

    An answer that has begun counts no more: streams stay open for hours and do little.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, if there is room."""
        # Who asks whether we are alive has to hear it most when there is a crowd.
        if scope["type"] != "http" or scope["path"] in PROBES:
            return await self._app(scope, receive, send)
        most: int = scope["app"].state.service.settings.requests_at_once
        if self._waiting >= most:
            refused = Overloaded("too-many-at-once", f"{most} requests are being worked at, nothing was done of this")
            return await of_domain_error(refused)(scope, receive, send)
        waits = True

        def leave() -> None:
            nonlocal waits
            self._waiting -= waits
            waits = False

        async def begun(message: Message) -> None:
            leave()
            await send(message)

        self._waiting += 1
        try:
            return await self._app(scope, receive, begun)
        finally:
            leave()
