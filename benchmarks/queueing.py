"""What happens to requests that queue for processes and cores: a simulation, fed with what was measured of one.

A request needs its replica's event loop, which does one thing at a time, and a core, several times over; PostgreSQL
needs a core for it in between and a disk to sync a commit; Kafka needs a core for what it told, and nobody waits for
that. Bursts are exponential, queues first come, first served.
"""

import math
import random
import statistics
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import simpy

TURNS = 3
"""How often a request comes back to its event loop: to be read, after its first and after its last statement."""
Process = Generator[Any, Any, None]


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU seconds of one request by who spends them, and the seconds its commit waits for a disk."""

    service_s: float
    database_s: float
    broker_s: float = 0.0
    client_s: float = 0.0
    sync_s: float = 0.0

    @property
    def cpu_s(self) -> float:
        """All of it that needs a core."""
        return self.service_s + self.database_s + self.broker_s + self.client_s


@dataclass(slots=True)
class Served:
    """What came of a simulation: requests a second, seconds of each from its arrival to its answer."""

    seconds: float
    took_s: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answered requests per second."""
        return len(self.took_s) / self.seconds

    def quantile_ms(self, permille: int) -> float:
        """Return how long the fastest so many of 1,000 requests took at most, in ms."""
        return statistics.quantiles(self.took_s, n=1000)[permille - 1] * 1000


class Machine:
    """Replicas of a service and a database that share `cores`; None is as many as they can use."""

    def __init__(self, costs: Costs, replicas: int, cores: int | None, seed: int) -> None:
        self.world = simpy.Environment()
        self._costs = costs
        self._luck = random.Random(seed)
        self._cores = simpy.Resource(self.world, cores) if cores else None
        self._loops = [simpy.Resource(self.world, 1) for _ in range(replicas)]
        self._client = simpy.Resource(self.world, 1)

    def _burst(self, mean_s: float) -> Process:
        if mean_s <= 0:
            return
        if self._cores is None:
            yield self.world.timeout(self._luck.expovariate(1 / mean_s))
            return
        with self._cores.request() as core:
            yield core
            yield self.world.timeout(self._luck.expovariate(1 / mean_s))

    def _alone(self, whose: simpy.Resource, mean_s: float) -> Process:
        with whose.request() as turn:
            yield turn
            yield from self._burst(mean_s)

    def request(self, replica: int) -> Process:
        """One request from its sending to its answer."""
        loop, costs = self._loops[replica % len(self._loops)], self._costs
        yield from self._alone(self._client, costs.client_s)
        for turn in range(TURNS):
            yield from self._alone(loop, costs.service_s / TURNS)
            if turn < TURNS - 1:
                yield from self._burst(costs.database_s / (TURNS - 1))
        if costs.sync_s:
            yield self.world.timeout(self._luck.expovariate(1 / costs.sync_s))
        self.world.process(self._burst(costs.broker_s))


def closed(costs: Costs, *, replicas: int, clients: int, cores: int, seconds: float, seed: int) -> Served:
    """Return what so many clients see that each send the next request when the last one was answered."""
    machine = Machine(costs, replicas, cores, seed)
    served = Served(seconds)

    def client(number: int) -> Process:
        while True:
            began = machine.world.now
            yield from machine.request(number)
            served.took_s.append(machine.world.now - began)

    for number in range(clients):
        machine.world.process(client(number))
    machine.world.run(until=seconds)
    return served


def opened(
    costs: Costs, arrivals: Callable[[random.Random], Iterator[float]], *, replicas: int, seconds: float, seed: int
) -> Served:
    """Return what requests see that come whether or not others wait, each process on cores of its own.

    `arrivals` yields the seconds at which they come, in order.
    """
    machine = Machine(costs, replicas, None, seed)
    served = Served(seconds)
    luck = random.Random(seed + 1)

    def one() -> Process:
        began = machine.world.now
        yield from machine.request(luck.randrange(replicas))
        served.took_s.append(machine.world.now - began)

    def come() -> Process:
        for at in arrivals(luck):
            if at >= seconds:
                return
            yield machine.world.timeout(at - machine.world.now)
            machine.world.process(one())

    machine.world.process(come())
    machine.world.run(until=seconds)
    return served


def poisson(per_second: float) -> Callable[[random.Random], Iterator[float]]:
    """Return arrivals that know nothing of each other (Kendall's M)."""

    def come(luck: random.Random) -> Iterator[float]:
        at = 0.0
        while True:
            at += luck.expovariate(per_second)
            yield at

    return come


def mean_wait_s(per_second: float, service_s: float, servers: int) -> float:
    """Return the mean wait of M/M/c: Erlang's C formula (Erlang 1917; Kleinrock, Queueing Systems I, §3.5)."""
    offered = per_second * service_s
    if offered >= servers:
        return math.inf
    last = offered**servers / math.factorial(servers) * servers / (servers - offered)
    waits = last / (sum(offered**n / math.factorial(n) for n in range(servers)) + last)
    return waits * service_s / (servers - offered)
