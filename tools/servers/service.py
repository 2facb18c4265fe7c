"""One of the services as a process of its own, for `make up` and for tests that kill it.

service = ServiceProcess("farmers", database_url=postgres.create_database("farmers"), bootstrap=kafka.bootstrap)
service.migrate()
service.start()
service.wait_until_ready()
service.kill()              # as `kill -9` does
"""

import sys
from functools import cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from shared.sealing import kept
from tools.servers import tokens
from tools.servers.process import Process
from tools.servers.system import LOGS, VAR, ServerError, free_port, require_free, wait_until

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 180.0


@cache
def secret_keys() -> str:
    """Return what private data is sealed with here: a key of this working copy, made when it is first needed.

    Data under var/up opens with it again after the next start.
    """
    return kept(VAR / "tokens" / "secret.keys")


class ServiceProcess:
    """A service on PostgreSQL and Kafka; `settings` become `CLOUD_…` variables (`log_level="DEBUG"`).

    It takes the tokens of `issuer`; of tools/servers/tokens.py where none is named.
    """

    ready_at = "/readyz"
    root = ROOT
    """Where its version lies."""

    def __init__(
        self,
        name: str,
        database_url: str,
        bootstrap: str,
        port: int | None = None,
        issuer: str | None = None,
        **settings: str,
    ) -> None:
        self.name = name
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        own = {"database_url": database_url, "port": str(self.port), "secret_keys": secret_keys()}
        if issuer is None:
            own |= {"auth_issuer": tokens.ISSUER, "auth_jwks": str(tokens.jwks_file())}
        else:
            own |= {"auth_issuer": issuer}
        self.environment = cloud_environment(bootstrap, **own | settings)
        self.process = Process(
            name=name,
            command=[sys.executable, "-m", f"services.{name}"],
            log=LOGS / f"{name}-{self.port}.log",
            cwd=self.root,
            env=self.environment,
        )

    def migrate(self) -> None:
        """Bring the service's database to the newest step."""
        run_services(["migrate", self.name], self.environment, self.root)

    def start(self) -> None:
        """Start it; it may not be ready yet."""
        require_free(self.port, self.name)
        self.process.start()

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until it says that its database, its migrations and its broker are there."""
        wait_until(self.is_ready, seconds, lambda: f"{self.name} is not ready. Its log ends:\n{self.process.tail()}")

    def is_ready(self) -> bool:
        """Whether it says that it can work; raise what its log says when it has ended."""
        self.process.ensure_running()
        # Asked every moment while it starts: a client that knows certificates would take more of the machine than it.
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", self.ready_at)
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """Let it finish what it does, and end."""
        self.process.stop()

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self.process.kill()


def cloud_environment(bootstrap: str, **settings: str) -> dict[str, str]:
    """The environment variables of a process that talks to Kafka."""
    named = {"bus": "kafka", "kafka_bootstrap": bootstrap, **settings}
    return {f"CLOUD_{name.upper()}": value for name, value in named.items()} | {"PYTHONUNBUFFERED": "1"}


def make_topics(bootstrap: str) -> None:
    """Create the topics of all services."""
    run_services(["topics"], cloud_environment(bootstrap))


def run_services(arguments: list[str], environment: dict[str, str], root: Path = ROOT) -> None:
    """Run one of the commands of `python -m services` to its end, of the version that lies at `root`."""
    job = Process(
        name=f"python -m services {' '.join(arguments)}",
        command=[sys.executable, "-m", "services", *arguments],
        log=LOGS / f"{'-'.join(arguments)}.log",
        cwd=root,
        env=environment,
    )
    job.start()
    try:
        status = job.wait()
    finally:
        job.kill()
    if status:
        raise ServerError(f"{job.name} ended with status {status}. {job.log} ends with:\n{job.tail()}")
