"""Requests over HTTP/1.1 from many clients at once, at so little cost that it is the server that is measured."""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass(slots=True)
class Answers:
    """What came back: seconds in all, ms of each request in no order, how often each status."""

    seconds: float = 0.0
    took_ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return len(self.took_ms) / self.seconds

    def quantile_ms(self, permille: int) -> float:
        """Return how long the fastest so many of 1,000 answers took at most, in ms."""
        return statistics.quantiles(self.took_ms, n=1000)[permille - 1]


def request(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "host: localhost", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + _HEAD_END + body


async def send_all(url: str, requests: Sequence[bytes], clients: int) -> Answers:
    """Send requests in their order over `clients` connections, each waiting for its answer before the next."""
    where = urlsplit(url)
    host, port = where.hostname or "127.0.0.1", where.port or 80
    answers, waiting = Answers(), iter(requests)
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(lambda: _Client(waiting, answers), host, port))[1] for _ in range(clients)
    ]
    started = time.perf_counter()
    for client in connections:
        client.begin()
    try:
        await asyncio.gather(*(client.done for client in connections))
    finally:
        answers.seconds = time.perf_counter() - started
        for client in connections:
            client.transport.close()
    return answers


class _Client(asyncio.Protocol):
    """One connection that is kept; what it is answered must have a length."""

    transport: asyncio.WriteTransport

    def __init__(self, waiting: Iterator[bytes], answers: Answers) -> None:
        self._waiting = waiting
        self._answers = answers
        self._read = b""
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.WriteTransport, transport)

    def begin(self) -> None:
        """Send the next request, if there is one."""
        following = next(self._waiting, None)
        if following is None:
            return self.done.set_result(None)
        self._sent = time.perf_counter()
        return self.transport.write(following)

    def data_received(self, data: bytes) -> None:
        self._read += data
        head_end = self._read.find(_HEAD_END)
        if head_end < 0:
            return
        head = self._read[:head_end].lower() + b"\r\n"
        at = head.index(_LENGTH) + len(_LENGTH)
        length = int(head[at : head.index(b"\r\n", at)])
        if len(self._read) < head_end + len(_HEAD_END) + length:
            return
        self._answers.took_ms.append((time.perf_counter() - self._sent) * 1000)
        self._answers.statuses[int(head[9:12])] += 1
        self._read = b""
        self.begin()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server hung up"))
