"""Streams begin through all that is around a route, go on over the bare connection, end with who listens or serves."""

import asyncio
import socket
from collections.abc import AsyncGenerator

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from shared.standalone import Server
from shared.streaming import Stream, Streams, end_streams
from tools.servers.system import free_port

_LONGEST_S = 20.0


class Events:
    """Events that a test gives one by one; `ended` once nobody can hear them any more."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.ended = False

    def tell(self, *parts: bytes) -> None:
        """Let events come."""
        for part in parts:
            self._waiting.put_nowait(part)

    def stop(self) -> None:
        """Let them end."""
        self._waiting.put_nowait(None)

    async def all(self) -> AsyncGenerator[bytes, None]:
        """Give them."""
        try:
            while (part := await self._waiting.get()) is not None:
                yield part
        finally:
            self.ended = True


class Layered:
    """An app with a stream behind a layer that notes when it has returned, and what is known of the request then."""

    def __init__(self) -> None:
        self.events = Events()
        self.returned = False
        self.scope: Scope = {"type": "http", "method": "GET", "headers": [(b"cookie", b"x")], "state": {}}
        self.sent: list[Message] = []
        self.gone, self._news = asyncio.Event(), asyncio.Event()
        self.answer = Streams(self._layer)

    async def _layer(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["person"] = "somebody"
        scope["route"] = "a route"
        await Stream(self.events.all(), self.events.stop)(scope, receive, send)
        self.returned = True

    async def receive(self) -> Message:
        """Say nothing until whoever listens has gone."""
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Note what is sent."""
        self.sent.append(message)
        self._news.set()

    def begun(self) -> "asyncio.Task[None]":
        """Ask for the stream."""
        return asyncio.create_task(self.answer(self.scope, self.receive, self.send))

    async def heard(self, count: int) -> list[bytes]:
        """Return the parts of the body once there are so many."""
        async with asyncio.timeout(_LONGEST_S):
            while len(self.sent) <= count:
                self._news.clear()
                await self._news.wait()
        return [each["body"] for each in self.sent[1:]]


async def test_what_is_around_a_route_does_not_live_as_long_as_its_stream() -> None:
    """The first event comes through the layers; then they have returned and what they noted of the request is gone."""
    app = Layered()
    app.events.tell(b"first")
    task = app.begun()
    assert await app.heard(1) == [b"first"]
    headers = dict(app.sent[0]["headers"])
    assert headers[b"content-type"].startswith(b"text/event-stream")
    assert headers[b"cache-control"] == b"no-store"
    app.events.tell(b"second", b"third")
    assert await app.heard(3) == [b"first", b"second", b"third"]
    assert app.returned
    assert (app.scope["state"], app.scope["headers"], app.scope.get("route")) == ({}, [], None)
    app.events.stop()
    await asyncio.wait_for(task, _LONGEST_S)
    assert [each["more_body"] for each in app.sent[1:]] == [True, True, True, False]
    assert app.events.ended


async def _listened_to() -> tuple[Layered, asyncio.Task[None]]:
    """Return an app whose first event was heard, and its task."""
    app = Layered()
    app.events.tell(b"first")
    task = app.begun()
    await app.heard(1)
    return app, task


async def test_events_end_with_whoever_listens() -> None:
    """A page that is closed is told nothing more, and leaves what it was told by."""
    app, task = await _listened_to()
    app.gone.set()
    await asyncio.wait_for(task, _LONGEST_S)
    assert app.events.ended


async def test_events_end_when_their_task_is_cut_off() -> None:
    """A server that waits no longer cancels: nobody is left among those who are told."""
    app, task = await _listened_to()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert app.events.ended


async def test_events_that_fail_before_the_first_are_a_failure_like_any_other() -> None:
    """Nothing is sent before there is something to tell: what is around a route answers for it."""
    app = Layered()

    async def failing() -> AsyncGenerator[bytes, None]:
        if app.returned:
            yield b""
        raise ValueError("no board")

    app.events.all = failing  # type: ignore[method-assign]
    with pytest.raises(ValueError, match="no board"):
        await app.begun()
    assert app.sent == []


async def test_who_reads_slowly_keeps_nobody_waiting() -> None:
    """One page takes nothing more; another hears all."""
    slow, quick = Layered(), Layered()
    full = asyncio.Event()
    note = slow.send

    async def send(message: Message) -> None:
        await note(message)
        if message.get("body") == b"1":
            await full.wait()

    slow.send = send  # type: ignore[method-assign]
    tasks = [slow.begun(), quick.begun()]
    for app in (slow, quick):
        app.events.tell(*(b"%d" % n for n in range(50)))
    assert len(await quick.heard(50)) == 50
    assert len(slow.sent) == 3
    full.set()
    assert len(await slow.heard(50)) == 50
    end_streams()
    await asyncio.wait_for(asyncio.gather(*tasks), _LONGEST_S)


class Begun(Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self.listens.set()


async def test_a_server_that_ends_lets_its_streams_end() -> None:
    """It waits for its connections, and streams would be open for hours: they end at once, properly."""
    events = Events()
    events.tell(b"data: here\n\n")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Stream(events.all(), events.stop)(scope, receive, send)

    port = free_port()
    server = Begun(uvicorn.Config(Streams(app), port=port, lifespan="off", ws="none", log_level="error"))
    serving = asyncio.create_task(server._serve())
    async with asyncio.timeout(_LONGEST_S):
        await server.listens.wait()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        await reader.readuntil(b"data: here\n\n")
        server.should_exit = True
        assert (await reader.read()).endswith(b"0\r\n\r\n")  # the last chunk: nothing was cut off
        writer.close()
        await writer.wait_closed()
        await serving
    assert events.ended
