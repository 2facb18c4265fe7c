"""The version before and this one at work at once, on one database each and one Kafka, while replicas are replaced."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.version import VERSION
from tests.api.farmers.builders import cooperative, offer
from tests.builders import MONDAY
from tests.upgrade import previous
from tools.servers import tokens
from tools.servers.postgres import ForeignPostgres, Postgres
from tools.servers.service import ServiceProcess, make_topics
from tools.servers.system import wait_until

WEEK = {"county_code": "520628", "week_start": MONDAY}
SERVICES = ("farmers", "nutrition")


class Older(ServiceProcess):
    """A service of the version before."""

    root = previous.root()


class Replica:
    """A process of a service, of either version."""

    def __init__(self, process: ServiceProcess) -> None:
        self.process = process
        self._headers = tokens.bearer()

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Ask it, and return its JSON; it must not refuse."""
        answer = httpx.request(method, f"{self.process.url}{path}", headers=self._headers, timeout=60, **more)
        assert answer.is_success, f"{self.process.name} {method} {path}: {answer.text}"
        return answer.json()


class Both:
    """Two databases and a broker, and whoever works on them."""

    def __init__(self, server: Postgres | ForeignPostgres, bootstrap: str, stack: ExitStack) -> None:
        self._bootstrap = bootstrap
        self._stack = stack
        self._urls: dict[str, str] = {}
        for service in SERVICES:
            name = f"{service}_{uuid4().hex}"
            self._urls[service] = server.create_database(name)
            stack.callback(server.drop_database, name)

    def prepare(self, service: str, version: type[ServiceProcess] = ServiceProcess) -> ServiceProcess:
        """Return a replica that is not started yet, of this version or another."""
        return version(service, self._urls[service], self._bootstrap)

    def start(self, service: str, version: type[ServiceProcess] = ServiceProcess) -> Replica:
        """Start a replica and wait until it works."""
        process = self.prepare(service, version)
        self._stack.callback(process.stop)
        process.start()
        process.wait_until_ready()
        return Replica(process)


@pytest.fixture
def both(kafka_bootstrap: str, postgres_server_of_session: Postgres | ForeignPostgres) -> Iterator[Both]:
    """Return databases and a broker that nobody works on yet."""
    make_topics(kafka_bootstrap)
    with ExitStack() as stack:
        yield Both(postgres_server_of_session, kafka_bootstrap, stack)


def _put(replica: Replica, number: int) -> str:
    name = f"off-{uuid4().hex[:8]}-{number}"
    told = replica.ask("PUT", "/offers", json={"rows": [offer(name)]})
    assert told["created"] == 1, told
    return name


def _known(replica: Replica) -> set[str]:
    return {each["offer_id"] for each in replica.ask("GET", "/market/offers", params=WEEK)["items"]}


def _wait_for(replica: Replica, offers: set[str]) -> None:
    wait_until(lambda: offers <= _known(replica), 60, lambda: f"{offers - _known(replica)} were never heard of")


def test_two_versions_work_on_one_database_and_one_broker(both: Both) -> None:
    """The version before goes on while the newest steps are taken and replicas of this one come; each hears and reads
    what the other wrote, and this one goes on alone. Nothing dies, nothing is parked."""
    for service in SERVICES:
        both.prepare(service, Older).migrate()
    old_farmers, old_nutrition = both.start("farmers", Older), both.start("nutrition", Older)
    old_farmers.ask("PUT", "/cooperatives", json={"rows": [cooperative()]})
    told = {_put(old_farmers, 1)}
    _wait_for(old_nutrition, told)

    for service in SERVICES:
        both.prepare(service).migrate()
    told.add(_put(old_farmers, 2))
    _wait_for(old_nutrition, told)

    farmers, nutrition = both.start("farmers"), both.start("nutrition")
    versions = [replica.ask("GET", "/livez").get("version") for replica in (farmers, old_farmers, old_nutrition)]
    assert versions[0] == VERSION
    assert VERSION not in versions[1:], "two of one version are no two versions: see docs/releases.md"
    for number in range(3, 9):
        told.add(_put(farmers if number % 2 else old_farmers, number))
    for replica in (old_nutrition, nutrition):
        _wait_for(replica, told)
    for replica in (old_farmers, farmers):
        read = replica.ask("GET", "/offers", params={"cooperative_id": cooperative()["cooperative_id"], "limit": 100})
        assert told <= {each["offer_id"] for each in read["items"]}

    for replica in (old_farmers, old_nutrition):
        replica.process.stop()
    told.add(_put(farmers, 9))
    _wait_for(nutrition, told)
    for replica in (farmers, nutrition):
        state = replica.ask("GET", "/operations")
        assert (state["waiting"]["dead_letters"], state["waiting"]["parked"]) == (0, 0)
