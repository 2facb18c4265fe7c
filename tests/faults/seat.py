"""One service under test: its processes, and the proxies between it and its clients, its database and the brokers."""

import signal
import time
from collections.abc import Sequence
from contextlib import suppress

import psutil

from tests.contracts.proxy import Proxy
from tests.faults.brokers import new_proxy
from tests.faults.controls import Panel
from tools.servers.process import STOP_SECONDS
from tools.servers.service import ServiceProcess
from tools.servers.system import free_port

SETTINGS = {
    "log_level": "WARNING",
    # All of the bench asks in one name from one address.
    "subject_per_minute": "1000000",
    "address_per_minute": "1000000",
    # Weeks pass in minutes; what is remembered for days has to be remembered for the run.
    "topic_days": "400",
    "inbox_days": "500",
}


class Seat:
    """A service's place: clients always find it at `url`, whichever process serves it."""

    def __init__(self, name: str, database_url: str, database: Proxy, brokers: Sequence[Proxy], panel: Panel) -> None:
        self.name = name
        self.front = new_proxy(free_port())
        self.database = database
        self.brokers = brokers
        self.panel = panel
        self._database_url = database_url
        self._number = 0
        self.replicas = [self._new_replica()]

    @property
    def url(self) -> str:
        """Where its clients find it."""
        return f"http://127.0.0.1:{self.front.port}"

    def _new_replica(self) -> ServiceProcess:
        self._number += 1
        bootstrap = ",".join(f"127.0.0.1:{proxy.port}" for proxy in self.brokers)
        # A named member gets its partitions back at once; a nameless one's wait ten seconds for the dead to be missed.
        named = SETTINGS | {"kafka_instance": str(self._number % 2)}
        replica = ServiceProcess(self.name, self._database_url, bootstrap, None, **named)
        replica.process.command[1:] = ["-m", "tests.faults.process", self.name]
        replica.process.env = replica.environment | self.panel.environment
        return replica

    def start(self) -> None:
        """Start what does not run."""
        for replica in self.replicas:
            replica.process.start()
        self.front.target = self.replicas[-1].port

    def wait_until_ready(self) -> None:
        """Wait until it says that it can work."""
        for replica in self.replicas:
            replica.wait_until_ready()

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        for replica in self.replicas:
            replica.kill()

    def stop(self) -> float:
        """Let it finish what it does, and end; returns how many seconds that took."""
        began = time.monotonic()
        for replica in self.replicas:
            replica.stop()
        return time.monotonic() - began

    def pause(self) -> None:
        """Let its processes stand still."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for replica in self.replicas:
            for process in replica.process.processes():
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(number)

    def join(self) -> None:
        """Start one more replica, and let clients go to it."""
        self.replicas.append(self._new_replica())
        self.start()
        self.replicas[-1].wait_until_ready()

    def leave(self) -> None:
        """Ask all replicas but the newest to end. Raises AssertionError where one had to be killed."""
        began = time.monotonic()
        for old in self.replicas[:-1]:
            old.stop()
        del self.replicas[:-1]
        self._require_ended(began)

    def part(self) -> None:
        """Ask the newest replica to end, and let clients go to the others. Raises AssertionError as `leave` does."""
        self.front.target = self.replicas[-2].port
        began = time.monotonic()
        self.replicas.pop().stop()
        self._require_ended(began)

    def _require_ended(self, began: float) -> None:
        assert time.monotonic() - began < STOP_SECONDS, f"{self.name} did not end by itself"

    def memory_mb(self) -> float:
        """Return what its processes hold in memory, in MiB."""
        held = 0
        for replica in self.replicas:
            for process in replica.process.processes():
                with suppress(psutil.NoSuchProcess):
                    held += process.memory_info().rss
        return held / 2**20
