"""Servers that benchmarks start: those written by hand, and what all have used of the machine."""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil

from tools.servers.postgres import ForeignPostgres, Postgres
from tools.servers.process import Process
from tools.servers.service import ROOT
from tools.servers.system import LOGS, free_port, wait_until

Server = Postgres | ForeignPostgres
_LOOKS = 5


@contextmanager
def by_hand(name: str, database_url: str, **more: str) -> Iterator[tuple[str, Process]]:
    """Serve a module of benchmarks that takes `DSN` and `PORT`; gives its address and process once it listens."""
    port = free_port()
    environment = {"DSN": database_url.replace("+asyncpg", ""), "PORT": str(port), **more}
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    process = Process(name, command, LOGS / f"{name}-{port}.log", cwd=ROOT, env=environment)
    process.start()
    try:
        wait_until(lambda: _listens(process, port), 60.0, process.tail)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.stop()


def _listens(process: Process, port: int) -> bool:
    process.ensure_running()
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
        return True
    return False


def running(process: Process) -> list[psutil.Process]:
    """Return the processes of a server that was started: those below the leash."""
    return _leash(process).children(recursive=True)


def computed_s(process: Process) -> float:
    """Return the CPU time of the processes a server has."""
    return _looked_at(lambda: sum(sum(each.cpu_times()[:2]) for each in running(process)))


def held_mb(process: Process) -> float:
    """Return the memory of the processes a server has, in MiB; of pages that several hold each counts its part."""
    return _looked_at(lambda: sum(int(each.memory_full_info().pss) for each in running(process))) / 2**20


def database_computed_s(server: Server) -> float:
    """Return the CPU time of a server of ours, of the processes it has and of those that have ended; 0 of another's."""
    if isinstance(server, ForeignPostgres):
        return 0.0
    process = server.process
    return _looked_at(lambda: sum(sum(each.cpu_times()[:4]) for each in (_leash(process), *running(process))))


def _looked_at(look: Callable[[], float]) -> float:
    """Look at processes, once more if one of them (a connection of PostgreSQL's) ends in the middle."""
    for _ in range(_LOOKS):
        with suppress(psutil.NoSuchProcess):
            return look()
    return look()


def _leash(process: Process) -> psutil.Process:
    assert process._popen is not None
    return psutil.Process(process._popen.pid)
