"""A country that is short of something does less, says so, and catches up; whatever it said is done is done."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
import pytest_asyncio

from shared.messaging.bus import SERVICES
from tests import builders as b
from tests.faults.checker import check
from tests.faults.clients import Client, Line, Pace
from tests.faults.country import PATIENT_S, Country, values_of
from tests.faults.evidence import Evidence
from tests.faults.journal import Journal
from tests.faults.load import Load, Size
from tests.faults.network import Wire
from tests.faults.registry import ROWS, Registry
from tests.faults.watch import CHEAP
from tools.servers.system import temporary_directory

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANSWER_S = 20.0
GRACE_S = 20.0
"""How long a service may take to end when it is asked to."""
CROWD = 1_500
"""Requests at the same moment: three times what a process works at."""
LAG = 1_000
"""Events not yet handled at which the rule `ConsumerFallsBehind` begins to look (deploy/prometheus/alerts.yml)."""


class Place:
    """A country with people in it, and what they were told."""

    def __init__(self, country: Country, line: Line) -> None:
        self.country = country
        self.line = line
        self.clerk = Client("clerk", line, 7)

    async def get(self, service: str, path: str) -> httpx.Response:
        """Ask a service."""
        return await self.country.lookouts[service].get(path, timeout=PATIENT_S)

    async def shown(self, service: str, metric: str) -> float:
        """Return a plain value that a service shows."""
        return values_of((await self.get(service, "/metrics")).text)[metric]

    async def until(self, service: str, path: str, status: int) -> httpx.Response:
        """Ask until a service answers with a status, for a minute."""
        for _ in range(300):
            answer = await self.get(service, path)
            if answer.status_code == status:
                break
            await asyncio.sleep(0.2)
        assert answer.status_code == status, answer.text
        return answer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place() -> AsyncIterator[Place]:
    """A country that everything happens to; in the end the checker finds nothing lost and nothing doubled."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(temporary_directory("degradation"))
        country = await stack.enter_async_context(Country(folder).open())
        clients = {name: await stack.enter_async_context(country.client(name, ANSWER_S)) for name in SERVICES}
        with Journal(folder / "journal.jsonl") as journal:
            line = Line(clients, journal, Pace(200.0))
            await Load(line, country.calendar, 7, Size(schools=1, cooperatives=1, days=1, part_s=5.0)).set_up()
            yield Place(country, line)
            await country.settle(180.0)
            await asyncio.to_thread(country.stop)
        violations = await check(Evidence(journal.path, country.databases, country.brokers.bootstrap))
    assert violations == []


async def test_while_one_is_down_the_others_take_work_and_it_catches_up(place: Place) -> None:
    """Each service in turn is away: nobody else waits for it, and when it is back it learns what it missed."""
    for number, down in enumerate(SERVICES):
        await asyncio.to_thread(place.country.seats[down].kill)
        works = {
            "nutrition": ("/canteens", b.a_canteen(500 + number)),
            "farmers": ("/cooperatives", b.a_cooperative(f"late-{number}")),
        }
        for service, (path, row) in works.items():
            if service != down:
                answer = await place.clerk.send("rows", service, path, {"rows": [row]}, method="PUT")
                assert answer["created"] == 1, answer
        for service in set(SERVICES) - {down}:
            assert (await place.get(service, CHEAP[service])).is_success, service
            assert (await place.get(service, "/readyz")).is_success, service
        await asyncio.to_thread(place.country.seats[down].start)
        await asyncio.to_thread(place.country.seats[down].wait_until_ready)
    await place.country.settle(180.0)


async def test_readiness_and_liveness_tell_the_truth(place: Place) -> None:
    """Cut off, a service says from what, stays alive and is not ready; when that is back it is ready by itself."""
    for end, missing in (("database", "database"), ("brokers", "bus")):
        wire = Wire("logistics", end)
        await wire.cut(place.country)
        checks = (await place.until("logistics", "/readyz", 503)).json()["checks"]
        assert checks[missing] != "ok", checks
        assert (await place.get("logistics", "/livez")).is_success
        assert (await place.get("farmers", "/readyz")).is_success
        await wire.mend(place.country)
        await place.until("logistics", "/readyz", 200)


async def test_a_crowd_is_sent_away_and_costs_no_memory(place: Place) -> None:
    """Before a slow database requests are answered or told when to come again: nothing piles up, and it goes on."""
    seat, wire = place.country.seats["farmers"], Wire("farmers", "database")
    before = seat.memory_mb()
    wire.slow(place.country, 0.05)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    headers = place.country.lookouts["farmers"].headers
    async with httpx.AsyncClient(base_url=seat.url, timeout=60.0, limits=limits, headers=headers) as people:
        asked = [asyncio.create_task(people.get(CHEAP["farmers"])) for _ in range(CROWD)]
        await asyncio.sleep(1.0)
        assert (await place.get("farmers", "/livez")).is_success
        answers = await asyncio.gather(*asked)
    grown = seat.memory_mb() - before
    await wire.mend(place.country)
    told = [answer for answer in answers if not answer.is_success]
    assert {answer.status_code for answer in told} == {503}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in told)
    assert any(answer.json()["rule"] == "too-many-at-once" for answer in told)
    assert len(told) < CROWD, "nobody was answered"
    assert grown < 100, f"{grown} MiB more"
    assert (await place.get("farmers", CHEAP["farmers"])).is_success


async def test_a_slow_consumer_is_seen_by_its_lag(place: Place) -> None:
    """Who handles events slower than they come shows how many wait, enough for the alarm; then it catches up."""
    registry = Registry(Client("registry", place.line, 7), per_second=10_000.0)
    wire = Wire("procurement", "database")
    wire.slow(place.country, 0.5)
    for _ in range(3 * LAG // ROWS):
        await registry.register()
    seen = 0.0
    async with asyncio.timeout(60):
        while seen <= LAG:
            seen = max(seen, await place.shown("procurement", "consumer_lag"))
    await wire.mend(place.country)
    await place.country.settle(180.0)
    assert await place.shown("procurement", "consumer_lag") == 0


async def test_services_end_in_order_within_their_grace_under_load(place: Place) -> None:
    """Asked to end while people work, each service is gone in twenty seconds; what it had said is done stays done."""
    work = asyncio.create_task(Registry(Client("office", place.line, 8), per_second=400.0).work())
    others = [asyncio.create_task(_keep_on(Client(f"clerk-{n}", place.line, 8), n)) for n in range(8)]
    await asyncio.sleep(3.0)
    took_s = {name: await asyncio.to_thread(place.country.seats[name].stop) for name in SERVICES}
    await asyncio.to_thread(place.country.start)
    await asyncio.sleep(2.0)
    for task in (work, *others):
        task.cancel()
    await asyncio.gather(work, *others, return_exceptions=True)
    assert max(took_s.values()) < GRACE_S, json.dumps(took_s)


async def _keep_on(client: Client, number: int) -> None:
    """Register one thing after the other, at two services."""
    for turn in range(1_000_000):
        name = f"busy-{number}-{turn}"
        await client.send("rows", "farmers", "/cooperatives", {"rows": [b.a_cooperative(name)]}, method="PUT")
        canteen = b.a_canteen(20_000 + 1_000 * number + turn)
        await client.send("rows", "nutrition", "/canteens", {"rows": [canteen]}, method="PUT")
