"""Fixtures: a world of some services on the database and bus that were asked for.

`--db` and `--bus` narrow the run; by default journeys run on SQLite with the embedded bus and on PostgreSQL with Kafka.
"""

import importlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import structlog
from hypothesis import HealthCheck, settings
from pydantic import SecretStr

from shared.messaging.bus import Bus
from shared.messaging.embedded import EmbeddedBus
from shared.messaging.kafka import KafkaBus
from shared.settings import Settings
from shared.telemetry import OfLibraries, log_as_json
from shared.tracing import UNTRACED, Tracing
from tests.prefixed import LateBus
from tests.world import World, settings_of
from tools.servers.service import secret_keys

pytest_plugins = ["tests.patience", "tests.servers"]
log_as_json("ERROR")
# A machine that does other things at the same time is slow, and no rule of ours is broken by that.
# A seed stands for a made problem: to take only those of one kind is how they are chosen, not a poor strategy.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
# Whether a change is right must not hang on which examples were drawn: they are the same each time, `make search`
# and `make fuzz` draw fresh ones.
settings.register_profile("repeatable", PATIENT, derandomize=True)
settings.register_profile("searching", PATIENT, print_blob=True)
settings.register_profile("fuzzing", PATIENT, max_examples=40)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """Undo what a command under test said of logs: they would go to a file that pytest closes behind it."""
    before, handlers = structlog.get_config(), _of_libraries()
    yield
    structlog.configure(**before)
    for handler in _of_libraries():
        logging.root.removeHandler(handler)
    for handler in handlers:
        logging.root.addHandler(handler)


def _of_libraries() -> list[logging.Handler]:
    return [handler for handler in logging.root.handlers if isinstance(handler, OfLibraries)]


WorldOf = Callable[..., Awaitable[World]]
SERVICES = ("nutrition", "farmers", "procurement", "logistics")
LONGEST = ("demo", "faults", "journeys", "portal", "upgrade", "contracts")
"""The folders of tests that start processes, servers and browsers, the dearest first."""
BACKENDS = {"sqlite-embedded": ("sqlite", "embedded"), "postgres-kafka": ("postgres", "kafka")}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run choose its backends."""
    parser.addoption("--db", choices=["sqlite", "postgres"], help="run backend tests on this database only")
    parser.addoption("--bus", choices=["embedded", "kafka"], help="run backend tests on this bus only")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: files are dealt out in this order, and nobody is to wait for one at the end."""
    tests = Path(__file__).parent
    folders = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: folders.get(item.path.relative_to(tests).parts[0], len(LONGEST)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests that take `backend` on each backend that was asked for."""
    if "backend" in metafunc.fixturenames:
        wanted = (metafunc.config.getoption("--db"), metafunc.config.getoption("--bus"))
        chosen = [
            name
            for name, parts in BACKENDS.items()
            if all(want in (None, part) for want, part in zip(wanted, parts, strict=True))
        ]
        if not chosen:
            raise pytest.UsageError("no backend has both: sqlite goes with embedded, postgres with kafka")
        metafunc.parametrize("backend", chosen)


@pytest.fixture
async def world_of(tmp_path: Path, tracing: Callable[[str], Tracing]) -> AsyncIterator[WorldOf]:
    """Return a function that opens a world of the named services on SQLite and the embedded bus."""
    async with AsyncExitStack() as stack:

        async def open_world(*services: str) -> World:
            definitions = [importlib.import_module(f"services.{name}.main").definition for name in services]
            bus = EmbeddedBus(tmp_path / "bus.sqlite")
            settings = settings_of(services, tmp_path)
            return await stack.enter_async_context(World(definitions, bus, settings, tracing))

        yield open_world


@pytest.fixture(scope="session")
def topics_of_session() -> str:
    """Return what the names of topics begin with that all worlds of this process share."""
    return f"{uuid4().hex[:8]}."


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Return the logistics of another system, that knows nothing yet."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    definitions = [importlib.import_module("services.logistics.main").definition]
    async with World(definitions, EmbeddedBus(folder / "bus.sqlite"), settings_of(["logistics"], folder)) as other:
        yield other.client("logistics")


@pytest.fixture
def tracing() -> Callable[[str], Tracing]:
    """Return what makes the spans of the world's services, by their names: nothing, where a test does not say."""
    return lambda _: UNTRACED


@pytest.fixture
async def world(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest, tracing: Callable[[str], Tracing]
) -> AsyncIterator[World]:
    """Return the whole world, all four services, on the backend of this run."""
    definitions = [importlib.import_module(f"services.{name}.main").definition for name in SERVICES]
    bus: Bus
    if backend == "postgres-kafka":
        bootstrap = request.getfixturevalue("kafka_bootstrap")
        kafka = KafkaBus(bootstrap, "world", keep=timedelta(days=1), fetch_wait_ms=50)
        prefix = request.getfixturevalue("topics_of_session")
        bus = LateBus(kafka, prefix, f"{uuid4().hex[:8]}.", bootstrap)
        server = request.getfixturevalue("postgres_server_of_session")
        names = {service: f"{service}_{uuid4().hex}" for service in SERVICES}
        settings = {
            s: Settings(var=tmp_path, database_url=server.create_database(n), secret_keys=SecretStr(secret_keys()))
            for s, n in names.items()
        }
    else:
        bus, names, settings = EmbeddedBus(tmp_path / "bus.sqlite"), {}, settings_of(SERVICES, tmp_path)
    async with World(definitions, bus, settings, tracing) as opened:
        yield opened
    for name in names.values():
        server.drop_database(name)
