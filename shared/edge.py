"""What every answer says to browsers and caches, and how many requests an address may send."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import TooManyRequests
from shared.problems import of_domain_error
from shared.telemetry import PROBES

_DOCUMENTS = ("/docs", "/redoc")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
}
_DATA = "default-src 'none'; frame-ancestors 'none'"
"""An answer is data: nothing in it is to be loaded, run or framed."""
_PAGE = f"{_DATA}; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
"""Pages of services are to be read and printed; they have a style of their own, and no script."""


class Headers:
    """ASGI middleware: security headers on every answer. What a handler said itself is left as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        is_document = scope["path"].endswith(_DOCUMENTS)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if not is_document:
                    is_page = headers.get("content-type", "").startswith("text/html")
                    headers.setdefault("content-security-policy", _PAGE if is_page else _DATA)
                if message["status"] == 204:
                    del headers["content-type"]  # of nothing
                if scope["scheme"] == "https":
                    headers.setdefault("strict-transport-security", "max-age=31536000")
            await send(message)

        return await self._answer(scope, receive, with_headers)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


class Edge(Headers):
    """ASGI middleware of a service: security headers, and 429 for an address beyond its limit.

    Probes do not count: an orchestrator behind the same address as a crowd would take a sound process for a dead one.
    """

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in PROBES:
            return await self._app(scope, receive, send)
        try:
            client = scope.get("client")
            scope["app"].state.service.rates.count_address(client[0] if client else "")
        except TooManyRequests as refused:
            return await of_domain_error(refused)(scope, receive, send)
        return await self._app(scope, receive, send)
