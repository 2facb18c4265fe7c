"""CPU-heavy work in processes of its own, with progress and cancel; never on the event loop.

A job is a module-level function `job(argument, report) -> result`. It calls `report(fraction)` now and then, with the
share done in 0–1; that call raises :class:`Cancelled` when the work is no longer wanted.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from shared.worker_process import Cancelled

__all__ = ["Cancelled", "Report", "WorkerLost", "Workers"]

A = TypeVar("A")
R = TypeVar("R")
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
    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def _start(self) -> Connection:
        """Start the process unless it runs; it imports only what its jobs need."""
        if self._process is None or self._process.poll() is not None or self._pipe is None:
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
        return self._pipe

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    async def run(
        self,
        job: Callable[..., Any],
        argument: Any,
        on_progress: Callable[[float], None] | None,
        cancel: asyncio.Event,
    ) -> Any:
        pipe = await asyncio.to_thread(self._start)
        await asyncio.to_thread(pipe.send, (job, argument))
        told = asyncio.ensure_future(self._tell_cancel(pipe, cancel))
        try:
            while True:
                kind, value = await self._receive(pipe)
                if kind == "progress":
                    if on_progress:
                        on_progress(value)
                elif kind == "done":
                    return value
                else:
                    raise value
        except asyncio.CancelledError:
            self.stop()
            raise
        except WorkerLost as error:
            if cancel.is_set():
                raise Cancelled("no longer wanted") from error
            raise
        finally:
            told.cancel()

    async def _tell_cancel(self, pipe: Connection, cancel: asyncio.Event) -> None:
        await cancel.wait()
        pipe.send("cancel")
        await asyncio.sleep(GRACE_S)
        if self._process is not None:
            # Only the process: the pipe is being read by a thread, which sees its end and closes it.
            self._process.kill()

    async def _receive(self, pipe: Connection) -> tuple[str, Any]:
        """Wait in a thread: the pipe must stay blocking, and the event loop's readers may not leave it so."""
        try:
            message: tuple[str, Any] = await asyncio.to_thread(pipe.recv)
        except (EOFError, OSError) as error:
            self.stop()
            raise WorkerLost("the worker process died") from error
        return message
