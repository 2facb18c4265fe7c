"""What runs under the bench is kept running, as it would be on a real machine."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.brokers import new_proxy
from tests.faults.controls import Panel
from tests.faults.seat import Seat
from tools.servers.system import free_port, wait_until


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Seat]:
    """A seat whose process does nothing but run."""
    one = Seat("nutrition", "postgresql://unused", new_proxy(free_port()), [], Panel(tmp_path / "controls"))
    process = one.replicas[0].process
    process.command, process.log = [sys.executable, "-c", "import time; time.sleep(600)"], tmp_path / "log"
    one.start()
    yield one
    one.kill()


def test_what_ended_by_itself_is_started_again(seat: Seat) -> None:
    """A process that died where nobody was told is started again, and counted; one that runs is left alone."""
    process = seat.replicas[0].process
    assert seat.keep() == 0
    wait_until(lambda: bool(process.processes()), 10, lambda: "it does not start")
    process.processes()[0].send_signal(signal.SIGKILL)
    wait_until(lambda: not process.running, 10, lambda: "it does not end")
    assert seat.keep() == 1
    assert process.running


def test_what_was_ended_stays_so(seat: Seat) -> None:
    """What was killed or asked to end is not started again before somebody says so."""
    seat.kill()
    assert seat.keep() == 0
    seat.start()
    seat.stop()
    assert seat.keep() == 0
    assert not seat.replicas[0].process.running
