"""What runs in a worker process: jobs from a pipe, until it closes. Started by `shared.workers`."""

import pickle
from multiprocessing.connection import Connection


class Cancelled(Exception):
    """The work is no longer wanted."""


def serve(pipe: Connection) -> None:
    """Answer each (job, argument) with ("done", result) or ("failed", error), and ("progress", share) on the way."""
    while True:
        try:
            message = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        if message == "cancel":
            continue
        job, argument = message
        try:
            answer = ("done", job(argument, lambda share: _report(pipe, share)))
        except BaseException as error:
            answer = ("failed", _portable(error))
        pipe.send(answer)


def _report(pipe: Connection, share: float) -> None:
    pipe.send(("progress", share))
    if pipe.poll() and pipe.recv() == "cancel":
        raise Cancelled("no longer wanted")


def _portable(error: BaseException) -> BaseException:
    """Return the error if it survives the way through the pipe, else its text."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 our own bytes
    except Exception:
        return RuntimeError(repr(error))
    return error


def main(descriptor: int) -> None:
    """Serve the pipe with this file descriptor."""
    serve(Connection(descriptor))
