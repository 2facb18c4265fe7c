"""No test waits for ever: one that hangs fails, and says where every thread and every task stood.

A run that hangs is ended from outside in the end, and then nobody learns which test it was. What cannot be interrupted
(a call into C that does not return) ends its process a while later: pyproject.toml, `faulthandler_timeout`.
"""

import asyncio
import gc
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from types import FrameType
from typing import Any

import pytest

LONGEST_S = 900.0
"""What the longest takes (a demo's week) several times over: setting up, running and taking down have so long each."""
_AGAIN_S = 60.0
"""Who swallows the first failure, or hangs as it is taken down, fails again."""


@contextmanager
def no_longer_than(seconds: float) -> Iterator[None]:
    """Fail the test when the block takes longer; of main threads only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def give_up(_: int, frame: FrameType | None) -> None:
        pytest.fail(f"it hangs: not done after {seconds:g} s\n\n{standing(frame)}", pytrace=False)

    before = signal.signal(signal.SIGALRM, give_up)
    outer = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *outer)
        signal.signal(signal.SIGALRM, before)


def standing(here: FrameType | None) -> str:
    """Return where this thread (at the frame `here`), the others and all tasks of all loops stand."""
    said = StringIO()
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, frame in sys._current_frames().items():
        mine = ident == threading.get_ident()
        print(f"Thread {names.get(ident, ident)}:", file=said)
        traceback.print_stack(here if mine else frame, file=said)
    for task in [each for each in gc.get_objects() if isinstance(each, asyncio.Task)]:
        if not task.done():
            print(f"Task {task.get_name()}:", file=said)
            traceback.print_list(traceback.StackSummary.extract(_awaited(task.get_coro())), file=said)
    return said.getvalue()


def _awaited(waiting: Any) -> Iterator[tuple[FrameType, int]]:
    """Give the frames of a coroutine and of what it waits for, down to the last: a task tells only its outermost."""
    while waiting is not None:
        frame: FrameType | None = getattr(waiting, "cr_frame", None) or getattr(waiting, "gi_frame", None)
        if frame is not None:
            yield frame, frame.f_lineno
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "gi_yieldfrom", None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def _not_for_ever() -> Iterator[None]:
    """Do one of the three things a test is made of, but not for ever."""
    with no_longer_than(LONGEST_S):
        yield


pytest_runtest_setup = pytest_runtest_call = pytest_runtest_teardown = _not_for_ever
