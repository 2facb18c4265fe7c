"""One service under test: its processes, and the proxies between it and its clients, its database and the brokers."""

import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

import psutil

from tests.contracts.proxy import Proxy
from tests.faults.brokers import new_proxy
from tests.faults.controls import Panel
from tools.servers.process import STOP_SECONDS
from tools.servers.service import READY_SECONDS, ServiceProcess
from tools.servers.system import ServerError, free_port, wait_until

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
        self._wanted: list[ServiceProcess] = []
        self._deciding = threading.Lock()

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
        self._want(self.replicas)
        self.keep()
        self.front.target = self.replicas[-1].port

    def keep(self) -> int:
        """Start again what should run and ended by itself; returns how many that were.

        A process that has just died may still be thought alive: who wants to be sure looks again a moment later.
        """
        with self._deciding:
            ended = [replica for replica in self._wanted if not replica.process.running]
            for replica in ended:
                replica.process.start()
        return len(ended)

    def _want(self, replicas: Sequence[ServiceProcess]) -> None:
        with self._deciding:
            self._wanted = list(replicas)

    def wait_until_ready(self) -> None:
        """Wait until it says that it can work."""
        for replica in self.replicas:
            replica.wait_until_ready()

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self._want([])
        for replica in self.replicas:
            replica.kill()

    def stop(self) -> float:
        """Let it finish what it does, and end; returns how many seconds that took."""
        self._want([])
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
        newest = self.replicas[-1]
        wait_until(
            lambda: _is_ready(newest), READY_SECONDS, lambda: f"{self.name} is not ready: {newest.process.tail()}"
        )

    def leave(self) -> None:
        """Ask all replicas but the newest to end. Raises AssertionError where one had to be killed."""
        self._want(self.replicas[-1:])
        began = time.monotonic()
        for old in self.replicas[:-1]:
            old.stop()
        del self.replicas[:-1]
        self._require_ended(began)

    def part(self) -> None:
        """Ask the newest replica to end, and let clients go to the others. Raises AssertionError as `leave` does."""
        self.front.target = self.replicas[-2].port
        self._want(self.replicas[:-1])
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


def _is_ready(replica: ServiceProcess) -> bool:
    """Whether it says that it can work; one that ended by itself is started again and may be ready later."""
    with suppress(ServerError):
        return replica.is_ready()
    return False
