"""A real PostgreSQL on the loopback interface, or the one `TEST_POSTGRES_URL` names.

with postgres_server() as postgres:
    dsn = postgres.create_database("farmers")    # postgresql+asyncpg://…
    postgres.kill()                              # power cut
    postgres.start()                             # same port, same data
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import asyncpg
from sqlalchemy.engine import URL, make_url

from tools.servers.process import Process
from tools.servers.system import (
    LOGS,
    ServerError,
    answers,
    docker_runs,
    free_port,
    in_docker,
    install,
    require_free,
    run_apart,
    temporary_directory,
    wait_until,
)

ENVIRONMENT = "TEST_POSTGRES_URL"
START_SECONDS = 60.0
CONNECTIONS = 200
OWNER = "cloud_service"
"""Who owns the databases: as a service's role in production it is bound by policies, which an administrator is not."""
IMAGE = "postgres:17"
IMAGE_USER = 999
DEBIAN_BINARIES = Path("/usr/lib/postgresql")
MISSING = "PostgreSQL is needed. Install it (Debian, Ubuntu: apt-get install postgresql)"


class Databases:
    """Creating and dropping databases on a server, ours or not."""

    admin: URL

    @property
    def dsn(self) -> str:
        """The address of the server's own database."""
        return self.admin.render_as_string(hide_password=False)

    def dsn_of(self, name: str) -> str:
        """The address of a database on this server, for its owner."""
        return self.admin.set(database=name, username=OWNER).render_as_string(hide_password=False)

    def admin_dsn_of(self, name: str) -> str:
        """The address of a database on this server, for the administrator, whom no policy binds."""
        return self.admin.set(database=name).render_as_string(hide_password=False)

    def _ensure_owner(self) -> None:
        """Create the role that owns databases, as services own theirs in production."""
        if self.execute("SELECT 1 FROM pg_roles WHERE rolname = $1", OWNER):
            return
        password = "" if self.admin.password is None else f" PASSWORD {literal(str(self.admin.password))}"
        with contextlib.suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):  # another was faster
            self.execute(f"CREATE ROLE {OWNER} LOGIN{password}")
            self.execute(f"GRANT SET ON PARAMETER session_replication_role TO {OWNER}")  # benchmarks fill past triggers

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create an empty database, or a copy of `template`, and return its address."""
        self._ensure_owner()
        copied = f" TEMPLATE {quoted(template)}" if template else ""
        self.execute(f"CREATE DATABASE {quoted(name)} OWNER {OWNER}{copied}")
        return self.dsn_of(name)

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, whoever is still connected to it."""
        self.execute(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")

    def has_database(self, name: str) -> bool:
        """Whether a database of this name exists."""
        return self.execute("SELECT 1 FROM pg_database WHERE datname = $1", name) is not None

    def owner_of(self, name: str) -> str:
        """The role that owns a database."""
        found = self.execute("SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = $1", name)
        return str(found)

    def execute(self, statement: str, *values: object) -> object:
        """Run one statement as the administrator, outside a transaction; return its first value."""
        return run_apart(lambda: fetch_value(self.admin, statement, *values))


class Postgres(Databases):
    """A server of our own that can be stopped, killed and started again with its port and its data."""

    def __init__(self, directory: Path, port: int | None = None, temporary: bool = False, durable: bool = True) -> None:
        self.directory = directory
        self.port = port or free_port()
        self.admin = URL.create("postgresql+asyncpg", "postgres", None, "127.0.0.1", self.port, "postgres")
        self._temporary = temporary
        self._durable = durable
        self._process: Process | None = None

    @property
    def process(self) -> Process:
        """The server's process, made ready on first use."""
        if self._process is None:
            self._process = self._prepare()
        return self._process

    def start(self) -> None:
        """Start it and wait until it answers a query."""
        process = self.process
        if process.running:
            return
        require_free(self.port, "PostgreSQL")
        process.start()
        wait_until(
            self._is_ready, START_SECONDS, lambda: f"PostgreSQL does not answer. Its log ends:\n{process.tail()}"
        )

    def stop(self) -> None:
        """Shut it down in order, ending what is connected."""
        self.process.stop()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()

    def restart(self) -> None:
        """Stop it in order and start it again."""
        self.stop()
        self.start()

    def _is_ready(self) -> bool:
        self.process.ensure_running()
        return answers(self.port) and run_apart(lambda: is_up(self.admin))

    def _prepare(self) -> Process:
        """Make the data directory, unless that was done before."""
        data = self.directory / "data"
        data.mkdir(parents=True, exist_ok=True)
        container = f"cloud-postgres-{uuid.uuid4().hex[:12]}"
        programs, contained = postgres_programs(self.directory, container)
        user = None if contained else unprivileged_user()
        give_to(user, contained, self.directory, data)
        if not (data / "PG_VERSION").exists():
            make_cluster(programs["initdb"], data, user)
        afterwards = [["docker", "rm", "--force", container]] if contained else []
        return Process(
            name="PostgreSQL",
            command=[*programs["postgres"], "-D", str(data), *settings(self.port, self._durable)],
            log=LOGS / f"postgres-{self.port}.log",
            cwd=data,
            user=user,
            # PostgreSQL waits for its clients on SIGTERM and sends them away on SIGINT.
            stop_signal=signal.SIGINT,
            container=container if contained else None,
            afterwards=[*afterwards, ["rm", "-rf", str(self.directory)]] if self._temporary else afterwards,
        )


class ForeignPostgres(Databases):
    """A server somebody else runs: it can be used, not restarted."""

    def __init__(self, url: str) -> None:
        self.admin = make_url(url).set(drivername="postgresql+asyncpg")

    def start(self) -> None:
        """Check that it answers."""
        if not run_apart(lambda: is_up(self.admin)):
            raise ServerError(f"{ENVIRONMENT} names {self.admin}, and no PostgreSQL answers there.")

    def stop(self) -> None:
        """Leave it alone."""

    def kill(self) -> None:
        """Refuse."""
        raise ServerError(f"This needs a PostgreSQL that may be stopped; unset {ENVIRONMENT} to have one started.")

    def restart(self) -> None:
        """Refuse."""
        self.kill()


def server_of(url: URL) -> ForeignPostgres:
    """The server of a database that was created here, for its administrator."""
    own = url.set(database="postgres", username="postgres").render_as_string(hide_password=False)
    return ForeignPostgres(os.environ.get(ENVIRONMENT, own))


@contextlib.contextmanager
def postgres_server(
    directory: Path | None = None, port: int | None = None, *, durable: bool = True
) -> Iterator[Postgres | ForeignPostgres]:
    """A running server that ends with the block: its data in `directory`, or nowhere for long.

    Without a directory the server that the environment names is used, if it names one. One that is not `durable` keeps
    nothing through a power cut, and waits for no disk.
    """
    foreign = os.environ.get(ENVIRONMENT)
    with contextlib.ExitStack() as cleanup:
        postgres: Postgres | ForeignPostgres
        if directory is not None:
            postgres = Postgres(directory, port)
        elif foreign:
            postgres = ForeignPostgres(foreign)
        else:
            data = cleanup.enter_context(temporary_directory("postgres"))
            postgres = Postgres(data, port, temporary=True, durable=durable)
        cleanup.callback(postgres.stop)
        postgres.start()
        yield postgres


def settings(port: int, durable: bool) -> list[str]:
    """The server's settings: the loopback interface only, and what a production server does to keep data, or none."""
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": str(CONNECTIONS),
        "timezone": "UTC",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return ["-p", str(port), *(part for name, value in options.items() for part in ("-c", f"{name}={value}"))]


def provide() -> str:
    """Get everything a server needs on this machine, before anybody waits for one; say what will be used."""
    if foreign := os.environ.get(ENVIRONMENT):
        return f"PostgreSQL at {make_url(foreign)}"
    programs, contained = postgres_programs(LOGS, "unused")
    if contained:
        subprocess.run(["docker", "pull", "--quiet", IMAGE], check=True)
    return f"PostgreSQL by {IMAGE if contained else programs['postgres'][0]}"


def postgres_programs(directory: Path, container: str) -> tuple[dict[str, list[str]], bool]:
    """How to call initdb and postgres, and whether that is in a container."""
    names = ("initdb", "postgres")
    binaries = find_binaries() or (install("postgresql") and find_binaries())
    if binaries:
        return {name: [str(binaries / name)] for name in names}, False
    if not docker_runs():
        raise ServerError(f"{MISSING}, or start a Docker engine, or set {ENVIRONMENT}.")
    return {name: in_docker(IMAGE, directory, container, name, image_user()) for name in names}, True


def find_binaries() -> Path | None:
    """The directory of the newest server programs on this machine: Debian keeps them off the path."""
    kept = sorted(DEBIAN_BINARIES.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    candidates = [*kept, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((each for each in candidates if (each / "postgres").exists() and (each / "initdb").exists()), None)


def unprivileged_user() -> str | None:
    """Whom PostgreSQL runs as: it refuses root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def image_user() -> int | None:
    """The user inside the container: the image's own when we are root."""
    return IMAGE_USER if os.geteuid() == 0 else None


def give_to(user: str | None, contained: bool, *directories: Path) -> None:
    """Hand directories that root made to the user that PostgreSQL runs as, and to nobody else."""
    owner = pwd.getpwnam(user).pw_uid if user else image_user() if contained else None
    for directory in directories:
        if owner is not None:
            os.chown(directory, owner, -1)
        directory.chmod(0o700)


def make_cluster(initdb: list[str], data: Path, user: str | None) -> None:
    """Fill an empty data directory; the C locale sorts the same on every machine."""
    options = ["--encoding=UTF8", "--locale=C", "--username=postgres", "--auth=trust", "--no-sync"]
    done = subprocess.run(
        [*initdb, "-D", str(data), *options], cwd=data, user=user, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ServerError(f"PostgreSQL's data directory could not be made:\n{done.stdout}{done.stderr}")


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


async def fetch_value(server: URL, statement: str, *values: object) -> object:
    """Run one statement over a connection of its own."""
    connection = await asyncpg.connect(server.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        return await connection.fetchval(statement, *values)
    finally:
        await connection.close()


async def is_up(server: URL) -> bool:
    """Whether the server answers a query."""
    try:
        return await fetch_value(server, "SELECT 1") == 1
    except (OSError, asyncpg.PostgresError):
        return False
