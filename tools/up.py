"""Run the services as processes of their own on a local PostgreSQL and Kafka, until Ctrl-C.

python -m tools.up            start everything and show what it says
python -m tools.up servers    start PostgreSQL and Kafka alone, with empty databases where they are gone
python -m tools.up down       end either from another terminal

People sign in to the portal by an issuer of its own (`python -m tools.issuer`); the first start shows the link that
sets the administrator's password.

Data stays under var/up, so the next start continues where this one stopped.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import TextIOWrapper
from pathlib import Path
from types import FrameType

from tools.servers.issuer import ADDRESS, IssuerProcess
from tools.servers.kafka import kafka_server
from tools.servers.postgres import OWNER, Databases, postgres_server
from tools.servers.service import ServiceProcess, make_topics
from tools.servers.system import VAR, ServerError, require_free, wait_until

SERVICES = {"nutrition": 8001, "farmers": 8002, "procurement": 8003, "logistics": 8004, "portal": 8000}
# Apart from the usual ports: a PostgreSQL or a Kafka of the machine's owner may be running there.
POSTGRES_PORT, KAFKA_PORT = 25432, 29092
RUNNING = VAR / "up.pid"
COLOURS = (36, 32, 33, 35, 34, 96)
PORTAL = "portal"


class Follower:
    """Prints what a service adds to its log, each line with the service's name in front."""

    def __init__(self, service: ServiceProcess, colour: int) -> None:
        service.process.log.touch()
        self._file = service.process.log.open(errors="replace")
        self._file.seek(0, os.SEEK_END)
        self.close = self._file.close
        width = max(map(len, SERVICES))
        name = f"{service.name:<{width}}"
        self._prefix = f"\033[{colour}m{name}\033[0m" if sys.stdout.isatty() else name
        self._begun = ""

    def show(self) -> None:
        """Print every line that is complete."""
        *lines, self._begun = (self._begun + self._file.read()).split("\n")
        for line in lines:
            print(f"{self._prefix} | {line}", flush=True)


def up() -> None:
    """Start servers and services, and show their logs until a service ends or Ctrl-C."""
    with only_once(), contextlib.ExitStack() as running:
        issuer = IssuerProcess()
        for name, port in {**SERVICES, issuer.name: issuer.port}.items():
            require_free(port, name)
        home = data_directory()
        print(f"Starting PostgreSQL and Kafka; their data is in {home}", flush=True)
        postgres = running.enter_context(postgres_server(home / "postgres", POSTGRES_PORT))
        kafka = running.enter_context(kafka_server(home / "kafka", KAFKA_PORT))
        greeting, secret = signing_in()
        services = [service_on(postgres, kafka.bootstrap, name, secret) for name in SERVICES]
        prepare(services, kafka.bootstrap)
        services.append(issuer)
        followers = [Follower(service, colour) for service, colour in zip(services, COLOURS, strict=True)]
        for follower in followers:
            running.callback(follower.close)
        running.callback(stop, services)
        for service in services:
            service.start()
        follow(services, followers, greeting)


def servers() -> None:
    """Start PostgreSQL with a database for each service, empty where it is new, and Kafka, until Ctrl-C."""
    with only_once(), contextlib.ExitStack() as running:
        home = data_directory()
        print(f"Starting PostgreSQL and Kafka; their data is in {home}", flush=True)
        postgres = running.enter_context(postgres_server(home / "postgres", POSTGRES_PORT))
        running.enter_context(kafka_server(home / "kafka", KAFKA_PORT))
        made = [name for name in SERVICES if not postgres.has_database(name)]
        for name in made:
            postgres.create_database(name)
        print(f"Ready, no service runs. Databases made anew: {', '.join(made) or 'none'}", flush=True)
        follow([], [], None)


def signing_in() -> tuple[str | None, str]:
    """Return how the first administrator signs in, once and for no log, and what the issuer knows the portal by."""
    from services.identity.starting import greeting
    from tools import issuer  # both take a while, and only who starts everything needs them

    settings = issuer.settings_in(data_directory() / "identity")
    link = asyncio.run(issuer.first_link(settings))
    return None if link is None else greeting(link), asyncio.run(issuer.portal_secret(settings))


def service_on(postgres: Databases, bootstrap: str, name: str, portal_secret: str) -> ServiceProcess:
    """A service with a database of its own, created on first use."""
    if not postgres.has_database(name):
        postgres.create_database(name)
    elif postgres.owner_of(name) != OWNER:
        raise ServerError(f"The database {name} was made before services owned theirs; remove {data_directory()}.")
    urls = ",".join(f"{each}=http://127.0.0.1:{port}" for each, port in SERVICES.items())
    # The portal tells the services from where a person asks.
    own = {"service_url": urls, "portal_secret": portal_secret} if name == PORTAL else {"proxies": "127.0.0.1"}
    return ServiceProcess(name, postgres.dsn_of(name), bootstrap, SERVICES[name], ADDRESS, **own)


def prepare(services: list[ServiceProcess], bootstrap: str) -> None:
    """Migrate every database and create the topics."""
    print("Migrating databases, creating topics", flush=True)
    with ThreadPoolExecutor() as at_once:
        migrations = [at_once.submit(service.migrate) for service in services]
        topics = at_once.submit(make_topics, bootstrap)
        for job in (*migrations, topics):
            job.result()


def follow(services: list[ServiceProcess], followers: list[Follower], greeting: str | None) -> None:
    """Show logs, say once when all are ready, and raise when one ends by itself."""
    waiting = list(services)
    while True:
        for follower in followers:
            follower.show()
        for service in services:
            service.process.ensure_running()
        if waiting:
            waiting = [service for service in waiting if not service.is_ready()]
            if not waiting:
                show_ready(services, greeting)
        time.sleep(0.2)


def show_ready(services: list[ServiceProcess], greeting: str | None) -> None:
    """Say where everything is and how to sign in."""
    places = {each.name: each.url if each.name == PORTAL else f"{each.url}/docs" for each in services}
    places["identity"] = f"{ADDRESS}/docs"
    print("Ready: " + "  ".join(f"{name} {where}" for name, where in places.items()))
    print("A token: .venv/bin/python -m tools.issuer token administrator --county '*'")
    print("A user:  .venv/bin/python -m tools.issuer users add li.clerk --role clerk --cooperative coop-520628-001")
    print("What comes next, in another terminal: docs/operations.md, From nothing to a running county", flush=True)
    if greeting is not None:
        print(greeting, flush=True)


def stop(services: list[ServiceProcess]) -> None:
    """End all services at the same time, then wait for each."""
    print("Stopping", flush=True)
    for service in services:
        service.process.ask_to_stop()
    for service in services:
        service.stop()


def data_directory() -> Path:
    """Where the servers keep their data: var/up, unless PostgreSQL's user cannot reach it there (under /root)."""
    wanted = VAR / "up"
    hidden = any(not parent.stat().st_mode & 0o001 for parent in VAR.parents)
    if os.geteuid() == 0 and hidden:
        mark = hashlib.sha256(str(VAR).encode()).hexdigest()[:12]
        wanted = Path(tempfile.gettempdir()) / f"cloud-up-{mark}"
    wanted.mkdir(parents=True, exist_ok=True)
    return wanted


@contextlib.contextmanager
def only_once() -> Iterator[TextIOWrapper]:
    """Hold the lock that says that everything is up, with our process id in it."""
    with opened_lock() as lock:
        if not lock_free(lock):
            raise ServerError("It is up already. To end it: make down")
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock


def opened_lock() -> TextIOWrapper:
    """The lock file, open for reading and writing."""
    VAR.mkdir(exist_ok=True)
    RUNNING.touch()
    return RUNNING.open("r+")


def lock_free(lock: TextIOWrapper) -> bool:
    """Take the lock if nobody has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def down() -> None:
    """End what another terminal started, and wait until it is gone."""
    with opened_lock() as lock:
        if lock_free(lock):
            print("Nothing is up.")
            return
        os.kill(int(lock.read()), signal.SIGINT)
        wait_until(lambda: lock_free(lock), 90, lambda: "It does not end; end its process by hand.")


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """End in the same order as after Ctrl-C; started in the background, Python would not even notice that."""
    raise KeyboardInterrupt


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    try:
        match arguments:
            case []:
                signal.signal(signal.SIGINT, interrupt)
                signal.signal(signal.SIGTERM, interrupt)
                up()
            case ["servers"]:
                signal.signal(signal.SIGINT, interrupt)
                signal.signal(signal.SIGTERM, interrupt)
                servers()
            case ["down"]:
                down()
            case _:
                sys.exit(__doc__)
    except KeyboardInterrupt:
        print("Stopped.")
    except ServerError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main(sys.argv[1:])
