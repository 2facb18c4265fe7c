"""A server in a thread of its own, so that tests that drive a browser are plain functions."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

import uvicorn
from starlette.types import ASGIApp

from tools.servers.system import free_port

T = TypeVar("T")
_LONGEST_START_S = 20


class Loop:
    """An event loop that runs in a thread; `run` does something in it and waits."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], longest_s: float = 300) -> T:
        """Return what a coroutine returns in the loop."""
        return self.begin(work).result(longest_s)

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Do something in the loop without waiting."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, act: Callable[[], object]) -> None:
        """Let the loop call something soon."""
        self._loop.call_soon_threadsafe(act)

    def close(self) -> None:
        """End what still runs in the loop (a library may watch for the end of its server), the loop and its thread."""
        self.run(_end_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _end_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def loop_in_thread() -> Iterator[Loop]:
    """Run a loop for the length of a block."""
    loop = Loop()
    try:
        yield loop
    finally:
        loop.close()


@contextmanager
def serving(loop: Loop, app: ASGIApp) -> Iterator[str]:
    """Serve an app on a free port of this machine; gives its address."""
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off", ws="none")
    )
    served = loop.begin(server.serve())
    begun = time.monotonic()
    while not server.started:
        assert not served.done(), served.exception()
        assert time.monotonic() - begun < _LONGEST_START_S, "the server does not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.force_exit = server.should_exit = True  # browsers may hold streams open
        served.result(_LONGEST_START_S)
