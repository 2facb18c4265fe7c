"""What a second replica of a service brings on one machine, beside what a simulation fed with the first one says.

Orders are accepted through the REST API of farmers by one process, then by two, on one PostgreSQL and Kafka; what one
request costs each of them is measured with one, and what two must reach follows. Then a Friday afternoon is simulated:
a nation's answers in the hour before the deadline.
"""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import psutil
import uvloop

from benchmarks.accepting import filled, made
from benchmarks.harness import Options, Outcome, benchmark, cpu_seconds
from benchmarks.load import Answers, send_all
from benchmarks.queueing import Costs, closed, opened, poisson
from benchmarks.servers import computed_s, database_computed_s
from tools.servers.kafka import Kafka, kafka_server
from tools.servers.postgres import Postgres, postgres_server
from tools.servers.service import ServiceProcess, make_topics
from tools.servers.system import ServerError

ORDERS, WARM_UP = 4_000, 500
CLIENTS = 16
SIMULATED_S = 60.0
ANSWERS = 90_000
"""Orders of a province's week, 18,000 a delivery day, each answered once."""
LAST_HOUR = 0.5
"""Part of them that is answered in the last hour: clerks of villages wait for the evening."""
LARGER = (1, 10, 100)
PATIENCE_MS = 150.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What some replicas reached, and what a request cost each process, in CPU seconds."""

    answers: Answers
    costs: Costs

    @property
    def told(self) -> dict[str, Any]:
        """The figures as they are printed."""
        cpu = {"service": self.costs.service_s, "database": self.costs.database_s, "broker": self.costs.broker_s}
        return {
            "per_second": round(self.answers.per_second),
            "p50_p99_ms": tuple(round(self.answers.quantile_ms(permille), 1) for permille in (500, 990)),
            "cpu_us": {name: round(spent * 1e6) for name, spent in (cpu | {"client": self.costs.client_s}).items()},
        }


@benchmark("farmers.replicas")
def replicas(options: Options) -> Outcome:
    """Orders accepted per second by two replicas on one machine, beside what a simulation of one makes of two."""
    count, warm_up = options.scaled(ORDERS), options.scaled(WARM_UP)
    rows, requests = made(options.seed, 2 * (count + warm_up))
    with ExitStack() as stack:
        kafka, postgres = stack.enter_context(kafka_server()), stack.enter_context(postgres_server())
        if not isinstance(kafka, Kafka) or not isinstance(postgres, Postgres):
            raise ServerError("what a server of others uses cannot be measured: start without one")
        make_topics(kafka.bootstrap)
        url = postgres.create_database("farmers")
        services = [ServiceProcess("farmers", url, kafka.bootstrap) for _ in range(2)]
        services[0].migrate()
        asyncio.run(filled(url, rows))
        sides = Sides(postgres, kafka, services)
        found = []
        for number in (1, 2):
            services[number - 1].start()
            stack.callback(services[number - 1].stop)
            services[number - 1].wait_until_ready()
            own = requests[(number - 1) * (count + warm_up) :]
            sides.measure(number, own[:warm_up])
            found.append(sides.measure(number, own[warm_up : warm_up + count]))
    one, two = found
    simulated = [_simulated(one.costs, number, options.seed) for number in (1, 2)]
    return Outcome(
        input=f"{count} orders by {CLIENTS} clients, 1 and 2 replicas, PostgreSQL, Kafka and clients on the same cores",
        value=two.answers.per_second,
        unit="orders/s by two replicas",
        reference="the simulation of two, fed with the costs of one",
        reference_value=simulated[1],
        details={
            "one": one.told,
            "two": two.told,
            "slope": round(two.answers.per_second / one.answers.per_second, 2),
            "simulated_one_per_second": round(simulated[0]),
            "measured_one_over_simulated": round(one.answers.per_second / simulated[0], 2),
            "friday": [_friday(one.costs, times, options.seed) for times in LARGER],
        },
        cpu_seconds=sum(measured.costs.cpu_s * count for measured in found),
    )


@dataclass(frozen=True, slots=True)
class Sides:
    """The servers, and the replicas of which the first so many run."""

    postgres: Postgres
    kafka: Kafka
    services: Sequence[ServiceProcess]

    def measure(self, running: int, requests: Sequence[bytes]) -> Measured:
        """Let the running replicas answer requests, each its part of the clients."""
        before = self._spent(running)
        answers = uvloop.run(_shared_out([service.url for service in self.services[:running]], requests))
        spent = [(now - was) / len(requests) for was, now in zip(before, self._spent(running), strict=True)]
        assert answers.statuses == {200: len(requests)}, answers.statuses
        service_s, database_s, broker_s, client_s = spent
        return Measured(answers, Costs(service_s, database_s, broker_s, client_s))

    def _spent(self, running: int) -> tuple[float, float, float, float]:
        services = sum(computed_s(service.process) for service in self.services[:running])
        database = database_computed_s(self.postgres)
        return services, database, computed_s(self.kafka.process), cpu_seconds()


async def _shared_out(urls: Sequence[str], requests: Sequence[bytes]) -> Answers:
    """Send requests to replicas, each its part of them and of the clients, at the same time."""
    parts = [requests[number :: len(urls)] for number in range(len(urls))]
    sent = [send_all(url, part, CLIENTS // len(urls)) for url, part in zip(urls, parts, strict=True)]
    whole = Answers()
    for answers in await asyncio.gather(*sent):
        whole.seconds = max(whole.seconds, answers.seconds)
        whole.took_ms += answers.took_ms
        whole.statuses += answers.statuses
    return whole


def _simulated(costs: Costs, running: int, seed: int) -> float:
    """Return the requests a second of so many replicas on this machine's cores."""
    cores = psutil.cpu_count() or 1
    found = closed(costs, replicas=running, clients=CLIENTS, cores=cores, seconds=SIMULATED_S, seed=seed)
    return found.per_second


def _friday(costs: Costs, times: int, seed: int) -> dict[str, Any]:
    """Return how many replicas keep the last hour of so many provinces below the patience, cores enough for each."""
    per_second = ANSWERS * LAST_HOUR * times / 3600
    alone = Costs(costs.service_s, costs.database_s, sync_s=costs.sync_s)
    needed = max(1, round(per_second * costs.service_s))
    while True:
        served = opened(alone, poisson(per_second), replicas=needed, seconds=SIMULATED_S, seed=seed)
        if served.per_second > 0.95 * per_second and served.quantile_ms(990) <= PATIENCE_MS:
            break
        needed += 1
    return {
        "provinces": times,
        "answers_per_second": round(per_second, 1),
        "replicas": needed,
        "p99_ms": round(served.quantile_ms(990), 1),
        "cores": round(per_second * costs.cpu_s, 1),
    }
