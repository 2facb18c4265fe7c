"""Start-up and footprint: from a command to a ready process, and what it holds while nobody asks anything.

The processes are the real ones, each started in turn with the reference; medians count. What a process holds is its
share of the machine's memory (pages that several hold count in parts) when what it does at its start is done.
"""

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from tempfile import TemporaryDirectory

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.servers import computed_s, held_mb
from tools.servers.kafka import Kafka, kafka_server
from tools.servers.postgres import Postgres, postgres_server
from tools.servers.process import Process
from tools.servers.service import ROOT, ServiceProcess, make_topics, run_services
from tools.servers.system import LOGS, free_port, wait_until
from tools.up import SERVICES

STARTS = 3
IDLE_S = 3.0
AIM_MB = 1024
CONNECTIONS = 5
"""Of a service where there is about a gigabyte for all (docs/operations.md): PostgreSQL holds 4 MB for each."""
TOGETHER, BARE = "together", "bare"


@dataclass(frozen=True, slots=True)
class Start:
    """What a start took until the process was ready, what it holds when idle, and what it computes then."""

    ready_s: float
    cpu_s: float
    idle_mb: float
    idle_cpu_permille: float


@dataclass(frozen=True, slots=True)
class Side:
    """A process to start, and the port at which it answers that it is ready."""

    process: Process
    port: int

    def is_ready(self) -> bool:
        """Whether it answers that it can work."""
        self.process.ensure_running()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


@benchmark("shared.startup")
def startup(options: Options) -> Outcome:
    """CPU seconds until all services in one process are ready, beside a bare FastAPI and SQLModel app."""
    starts, services = options.scaled(STARTS), _services(options)
    with TemporaryDirectory() as folder:
        found: dict[str, list[Start]] = defaultdict(list)
        # First the one that makes everybody's files.
        sides = [_together(folder), *(_alone(name, folder) for name in services), _bare(folder)]
        for _ in range(starts):
            for side in sides:
                found[side.process.name].append(_started(side, _idle_s(options)))
    medians = {name: _median(of) for name, of in found.items()}
    return Outcome(
        input=f"{starts} starts each, on SQLite: {len(services)} services, all of them in one process, a bare app",
        value=medians[TOGETHER].cpu_s,
        unit="CPU s until ready",
        reference="FastAPI with one SQLModel table and two routes",
        reference_value=medians[BARE].cpu_s,
        details={name: asdict(of) for name, of in medians.items()},
        cpu_seconds=sum(start.cpu_s for of in found.values() for start in of),
    )


@benchmark("shared.footprint")
def footprint(options: Options) -> Outcome:
    """MB that the whole cloud holds when idle, a process each, PostgreSQL and Kafka included, beside the aim."""
    named = _services(options)
    with ExitStack() as stack:
        kafka, postgres = stack.enter_context(kafka_server()), stack.enter_context(postgres_server())
        assert isinstance(kafka, Kafka)
        assert isinstance(postgres, Postgres)
        make_topics(kafka.bootstrap)
        services = [
            ServiceProcess(name, postgres.create_database(name), kafka.bootstrap, pool_size=str(CONNECTIONS))
            for name in named
        ]
        for service in services:
            service.migrate()
            service.start()
            stack.callback(service.stop)
        for service in services:
            service.wait_until_ready()
        processes = [*(service.process for service in services), postgres.process, kafka.process]
        cpu, idle_s = -sum(map(computed_s, processes)), _idle_s(options)
        time.sleep(idle_s)
        cpu += sum(map(computed_s, processes))
        held = {process.name: held_mb(process) for process in processes}
    return Outcome(
        input=f"{len(named)} services of {CONNECTIONS} connections, PostgreSQL and Kafka, nobody asks anything",
        value=sum(held.values()),
        unit="MB",
        reference="the aim",
        reference_value=AIM_MB,
        details={"mb": {name: round(mb, 1) for name, mb in held.items()}, "cpu_permille": round(cpu / idle_s * 1000)},
        cpu_seconds=cpu,
    )


def _together(folder: str) -> Side:
    """Return all services in one process, on files that are ready for them."""
    whole = ServiceProcess(TOGETHER, "", "", bus="embedded", var=folder)
    whole.process.command = [sys.executable, "-m", "services"]
    del whole.environment["CLOUD_DATABASE_URL"]  # a file each, where no address is named
    for command in (["migrate"], ["topics"]):
        run_services(command, whole.environment)
    return Side(whole.process, whole.port)  # the portal answers for what is nobody's, and is started last


def _alone(name: str, folder: str) -> Side:
    """Return a service in a process of its own, on the file it has among all: they start in turn."""
    service = ServiceProcess(name, f"sqlite:///{folder}/{name}.sqlite", "", bus="embedded", var=folder)
    return Side(service.process, service.port)


def _bare(folder: str) -> Side:
    port = free_port()
    environment = {"FILE": f"{folder}/{BARE}.sqlite", "PORT": str(port)}
    command = [sys.executable, "-m", "benchmarks.bare_app"]
    return Side(Process(BARE, command, LOGS / f"startup-{port}.log", cwd=ROOT, env=environment), port)


def _services(options: Options) -> list[str]:
    return list(SERVICES)[-2:] if options.brief else list(SERVICES)


def _idle_s(options: Options) -> float:
    return IDLE_S / 10 if options.brief else IDLE_S


def _started(side: Side, idle_s: float) -> Start:
    begun = time.monotonic()
    side.process.start()
    try:
        wait_until(side.is_ready, 120.0, side.process.tail)
        ready_s, cpu_s = time.monotonic() - begun, computed_s(side.process)
        time.sleep(idle_s)
        idle = (computed_s(side.process) - cpu_s) / idle_s
        return Start(ready_s, cpu_s, held_mb(side.process), round(1000 * idle))
    finally:
        side.process.stop()


def _median(starts: Sequence[Start]) -> Start:
    def of(name: str) -> float:
        values: list[float] = [getattr(start, name) for start in starts]
        return round(statistics.median(values), 2)

    return Start(of("ready_s"), of("cpu_s"), of("idle_mb"), of("idle_cpu_permille"))
