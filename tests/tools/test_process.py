"""A process under a leash ends when it is told to, and when its owner is gone."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tools.servers.process import Process
from tools.servers.system import ServerError

ENDLESS = "import time; print('started', flush=True); time.sleep(1000)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + ENDLESS
OWNER = """
import pathlib, sys, time
from tools.servers.process import Process
Process("child", [sys.executable, "-c", sys.argv[1]], pathlib.Path(sys.argv[2])).start()
time.sleep(1000)
"""


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


@contextlib.contextmanager
def running(program: str, log: Path) -> Iterator[Process]:
    """A Python program under a leash that has printed its first line."""
    process = Process("program", [sys.executable, "-c", program], log)
    process.start()
    try:
        assert eventually(lambda: "started" in process.tail())
        yield process
    finally:
        process.kill()


def test_an_order_to_stop_reaches_the_program(tmp_path: Path) -> None:
    """`stop` ends a program by its own signal and reports that."""
    with running(ENDLESS, tmp_path / "log") as process:
        assert process.running
        assert process.stop() == 128 + signal.SIGTERM
        assert not process.running


def test_a_program_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    """`stop` waits only so long."""
    with running(STUBBORN, tmp_path / "log") as process:
        started = time.monotonic()
        process.stop(seconds=0.3)
        assert not process.running
        assert time.monotonic() - started < 10


def test_kill_ends_everything_below(tmp_path: Path) -> None:
    """No process of a killed program's family is left."""
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {ENDLESS!r}])"
    with running(nested, tmp_path / "log") as process:
        family = [child for child in psutil.Process().children(recursive=True) if ENDLESS in " ".join(child.cmdline())]
        assert family
        process.kill()
        assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in family)


def test_killing_at_once_after_starting_ends(tmp_path: Path) -> None:
    """A process that has not begun yet can be killed too."""
    process = Process("program", [sys.executable, "-c", ENDLESS], tmp_path / "log")
    process.start()
    process.kill()
    assert not process.running


def test_it_lives_on_when_the_thread_that_started_it_ends(tmp_path: Path) -> None:
    """A server restarted from a worker thread of a test must not die with that thread."""
    process = Process("program", [sys.executable, "-c", ENDLESS], tmp_path / "log")
    starter = threading.Thread(target=process.start)
    starter.start()
    starter.join()
    assert eventually(lambda: "started" in process.tail())
    assert not eventually(lambda: not process.running, seconds=1)
    process.kill()


def test_it_dies_with_its_owner(tmp_path: Path) -> None:
    """Nothing stays behind when the owner is killed and cannot clean up."""
    mark = f"mark = {tmp_path.name!r}; {ENDLESS}"
    owner = subprocess.Popen([sys.executable, "-c", OWNER, mark, str(tmp_path / "log")])
    assert eventually(lambda: "started" in (tmp_path / "log").read_text() if (tmp_path / "log").exists() else False)
    orphans = [child for child in psutil.Process(owner.pid).children(recursive=True) if mark in child.cmdline()]
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    assert orphans
    assert eventually(lambda: not any(orphan.is_running() for orphan in orphans))


def test_the_end_of_a_program_is_reported_with_its_log(tmp_path: Path) -> None:
    """A server that ends by itself is an error that quotes its last words."""
    process = Process("Oven", [sys.executable, "-c", "raise SystemExit('no gas')"], tmp_path / "log")
    process.start()
    assert eventually(lambda: not process.running)
    with pytest.raises(ServerError, match=r"(?s)Oven ended with status 1.*no gas"):
        process.ensure_running()
