"""What the servers that benchmarks start have used of the machine."""

import psutil

from tools.servers.postgres import ForeignPostgres, Postgres
from tools.servers.process import Process

Server = Postgres | ForeignPostgres


def running(process: Process) -> list[psutil.Process]:
    """Return the processes of a server that was started: those below the leash."""
    return _leash(process).children(recursive=True)


def computed_s(process: Process) -> float:
    """Return the CPU time of the processes a server has."""
    return sum(sum(each.cpu_times()[:2]) for each in running(process))


def held_mb(process: Process) -> float:
    """Return the memory of the processes a server has, in MiB; of pages that several hold each counts its part."""
    return sum(int(each.memory_full_info().pss) for each in running(process)) / 2**20


def database_computed_s(server: Server) -> float:
    """Return the CPU time of a server of ours, of the processes it has and of those that have ended; 0 of another's."""
    if isinstance(server, ForeignPostgres):
        return 0.0
    return sum(sum(each.cpu_times()[:4]) for each in (_leash(server.process), *running(server.process)))


def _leash(process: Process) -> psutil.Process:
    assert process._popen is not None
    return psutil.Process(process._popen.pid)
