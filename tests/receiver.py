"""A cooperative's own system on this machine: a small HTTP server that answers as it is told, and checks signatures."""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Got:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        """The id of the message."""
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        """The body read."""
        return json.loads(self.body)

    def signed_by(self, secret: str) -> bool:
        """Whether one of the signatures is that of a secret, worked out here as the recipe for cooperatives says."""
        key = base64.b64decode(secret.split("_", 1)[1])
        said = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()
        return f"v1,{expected}" in self.headers["webhook-signature"].split(" ")


class Receiver:
    """Answers with `status`, `headers` and `body`, or what `answering` says of a request, once `gate` is open."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.got: list[Got] = []
        self.status = 204
        self.headers: dict[str, str] = {}
        self.body = b""
        self.answering: Callable[[Got], int] | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.arrived = asyncio.Event()
        self._tls = tls
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening and drop who is still connected."""
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook"

    def ids(self) -> list[str]:
        """The ids of the messages that came, in order."""
        return [got.message_id for got in self.got]

    def types(self) -> list[str]:
        """What the messages that came are about, in order."""
        return [got.json["type"] for got in self.got]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._serve(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        got = Got(first.split(" ")[1], headers, await reader.readexactly(int(headers["content-length"])))
        self.got.append(got)
        self.arrived.set()
        await self.gate.wait()
        status = self.answering(got) if self.answering else self.status
        said = {"content-length": str(len(self.body)), "connection": "close"} | self.headers
        head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        writer.write(f"HTTP/1.1 {status} So\r\n{head}\r\n".encode() + (b"" if status == 204 else self.body))
        await writer.drain()
