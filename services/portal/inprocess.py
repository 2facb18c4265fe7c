"""Asks an ASGI app of this process as if over a network: answers are passed on as they come.

httpx's own transport for apps waits until an answer is complete; a stream of events never is.
"""

import asyncio
from collections.abc import AsyncIterator

import httpx
from starlette.types import ASGIApp, Message, Scope

FORWARDED = "X-Forwarded-For"
"""Says from where a person asks; whoever asks an app of this process is this process, and believed."""
_WAITING = 16
"""Parts of an answer that may wait to be read, until the app has to wait, too."""


class InProcess(httpx.AsyncBaseTransport):
    """Transport to an app; what fails in the app before it answers is a 500, as behind a server."""

    def __init__(self, app: ASGIApp, root_path: str = "") -> None:
        self._app = app
        self._root_path = root_path

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return an answer once it has begun; its body is read as it comes."""
        content = request.stream
        if not isinstance(content, httpx.AsyncByteStream):
            raise TypeError("only an asynchronous client asks an app of this process")
        answer = _Answer(content)
        answer.begin(self._app, self._scope(request))
        try:
            status, headers = await answer.started
        except BaseException:
            await answer.aclose()
            raise
        return httpx.Response(status, headers=headers, stream=answer)

    def _scope(self, request: httpx.Request) -> Scope:
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.split(b"?")[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port),
            "client": (request.headers.get(FORWARDED, "127.0.0.1"), 123),
            "root_path": self._root_path,
        }


class _Answer(httpx.AsyncByteStream):
    """An answer that an app is giving; closed before its end, the app is told that nobody listens."""

    def __init__(self, content: httpx.AsyncByteStream) -> None:
        self._content = aiter(content)
        self._parts: asyncio.Queue[bytes | None] = asyncio.Queue(_WAITING)
        self._task: asyncio.Task[None] | None = None
        self._fault: Exception | None = None
        self._gone = asyncio.Event()
        self._read = self._whole = False
        self.started: asyncio.Future[tuple[int, list[tuple[bytes, bytes]]]] = asyncio.Future()

    def begin(self, app: ASGIApp, scope: Scope) -> None:
        """Let the app begin."""
        self._task = asyncio.create_task(self._run(app, scope))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the parts of the body. Raises RemoteProtocolError where the app fails in the middle."""
        while (part := await self._parts.get()) is not None:
            yield part
        if self._fault is not None:
            raise httpx.RemoteProtocolError("the app failed in the middle of its answer") from self._fault

    async def aclose(self) -> None:
        """Let an app that is not done end."""
        self._gone.set()
        if self._task is not None and not self._task.done():
            if not self._whole:
                self._task.cancel()
            while not self._parts.empty():  # an app that is done but for its last part waits for room
                self._parts.get_nowait()
            await asyncio.wait([self._task])

    async def _run(self, app: ASGIApp, scope: Scope) -> None:
        try:
            await app(scope, self._receive, self._send)
        except Exception as error:
            self._fault = error
        if not self.started.done():
            self._fault = None
            self.started.set_result((500, []))
        await self._parts.put(None)

    async def _receive(self) -> Message:
        try:
            return {"type": "http.request", "body": await anext(self._content), "more_body": True}
        except StopAsyncIteration:
            pass
        if not self._read:
            self._read = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if not self.started.done():  # whoever asked may have gone meanwhile
                self.started.set_result((message["status"], list(message.get("headers", []))))
            return
        if body := message.get("body", b""):
            await self._parts.put(body)
        self._whole = not message.get("more_body", False)
