"""CPU-heavy work in processes of its own, with progress and cancel; never on the event loop.

A job is a module-level function `job(argument, report) -> result`. It calls `report(fraction)` now and then, with the
share done in 0–1; that call raises :class:`Cancelled` when the work is no longer wanted.
"""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from shared.worker_process import Cancelled

__all__ = ["Cancelled", "Report", "WorkerLost", "Workers"]

A = TypeVar("A")
R = TypeVar("R")
V = TypeVar("V")
Report = Callable[[float], None]
Job = Callable[[A, Report], R]
GRACE_S = 0.5
"""So long a job that is no longer wanted has to say so by itself; then its process is ended."""
_CHILD = "import sys; from shared.worker_process import main; main(int(sys.argv[1]))"
_ROOT = str(Path(__file__).resolve().parents[1])
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""There are as many workers as cores to use; threads of numpy's beside them only wait for each other."""


class WorkerLost(Exception):
    """The process that did the work is gone (killed, out of memory)."""


class Workers:
    """A bounded set of worker processes, started when first needed and reused."""

    def __init__(self, count: int = 1) -> None:
        self._free: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._all = [_Worker() for _ in range(count)]
        for worker in self._all:
            self._free.put_nowait(worker)

    async def run(
        self,
        job: Job[A, R],
        argument: A,
        on_progress: Callable[[float], None] | None = None,
        cancel: asyncio.Event | None = None,
    ) -> R:
        """Run `job(argument, report)` in a worker process and return its result.

        Raises what the job raises, WorkerLost when the process died, and Cancelled once `cancel` is set: a job that
        does not look for half a second is ended with its process. Cancelling the awaiting task ends the work as well.
        """
        worker = await self._free.get()
        try:
            result: R = await worker.run(job, argument, on_progress, cancel or asyncio.Event())
            return result
        finally:
            self._free.put_nowait(worker)

    def close(self) -> None:
        """End every worker process."""
        for worker in self._all:
            worker.stop()


class _Worker:
    """A process and our end of its pipe, which threads write and read: no thread may be in it when it is closed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._starting = threading.Lock()
        self._wanted = False

    async def run(
        self,
        job: Callable[..., Any],
        argument: Any,
        on_progress: Callable[[float], None] | None,
        cancel: asyncio.Event,
    ) -> Any:
        self._wanted = True
        try:
            pipe = await self._until_left(self._hand_over, job, argument)
            with self._told_of(cancel, pipe):
                # In a thread: the pipe must stay blocking, and the event loop's readers may not leave it so.
                while (answer := await self._until_left(_received, pipe))[0] == "progress":
                    if on_progress:
                        on_progress(answer[1])
        except BaseException as error:
            self.stop()
            if isinstance(error, WorkerLost) and cancel.is_set():
                raise Cancelled("no longer wanted") from error
            raise
        kind, value = answer
        if kind == "failed":
            raise value
        return value

    def _hand_over(self, job: Callable[..., Any], argument: Any) -> Connection:
        """Start the process unless it runs, and send it a job; it imports only what its jobs need."""
        with self._starting:
            if not self._wanted:
                raise WorkerLost("no longer wanted before it began")
            pipe = self._pipe
            if self._process is None or self._process.poll() is not None or pipe is None:
                pipe = self._start()
        with _gone():
            pipe.send((job, argument))
        return pipe

    def _start(self) -> Connection:
        self.stop()
        ours, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 our own interpreter and module
                [sys.executable, "-c", _CHILD, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={**_ONE_THREAD, **os.environ, "PYTHONPATH": _ROOT},
                start_new_session=True,
            )
        self._pipe = ours
        return ours

    async def _until_left(self, work: Callable[..., V], *arguments: Any) -> V:
        """Do something in a thread; who is cancelled meanwhile ends the process, and waits for the thread to leave."""
        working = asyncio.ensure_future(asyncio.to_thread(work, *arguments))
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            self._end()
            await asyncio.wait({working})
            working.exception()  # heard: what the thread says of a process that was ended is no news
            raise

    @contextmanager
    def _told_of(self, cancel: asyncio.Event, pipe: Connection) -> Iterator[None]:
        """Pass it on while the block runs that the job is no longer wanted."""

        async def tell() -> None:
            await cancel.wait()
            with suppress(OSError):
                pipe.send("cancel")
            await asyncio.sleep(GRACE_S)
            self._end()

        telling = asyncio.ensure_future(tell())
        try:
            yield
        finally:
            telling.cancel()

    def _end(self) -> None:
        """End the process alone: whoever reads the pipe sees its end, and closes it."""
        with self._starting:
            self._wanted = False
            if self._process is not None:
                self._process.kill()

    def stop(self) -> None:
        """End the process, and close the pipe."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None


def _received(pipe: Connection) -> tuple[str, Any]:
    with _gone():
        message: tuple[str, Any] = pipe.recv()
    return message


@contextmanager
def _gone() -> Iterator[None]:
    """Say what it means that a pipe has no other end. Raises WorkerLost."""
    try:
        yield
    except (EOFError, OSError) as error:
        raise WorkerLost("the worker process died") from error
