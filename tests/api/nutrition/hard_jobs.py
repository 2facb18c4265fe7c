"""What a worker process may go through, in place of planning; here so that the worker can import it."""

import os
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from services.nutrition.plans.computing import Outcome, Task, compute


def sleep(_task: Task, report: Callable[[float], None]) -> list[Outcome]:
    """Stand for a job that is deep in a solver: it does not look whether it is still wanted."""
    report(0.5)
    time.sleep(60)
    return []


def die(_task: Task, _report: Callable[[float], None]) -> list[Outcome]:
    """Stand for a job that needs more memory than there is."""
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def die_once(task: Task, report: Callable[[float], None]) -> list[Outcome]:
    """Die at the first try of a plan, and compute it at the second."""
    died = Path(tempfile.gettempdir(), task.cases[0].plan_id)
    if died.exists():
        died.unlink()
        return compute(task, report)
    died.touch()
    return die(task, report)
