"""Real servers for tests that ask for them: started at the first request, once per session, ended with it.

A server that was asked for and cannot be had is an error, never a skipped test.
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tools.servers import kafka, postgres
from tools.servers.postgres import ForeignPostgres, Postgres


@pytest.fixture(scope="session")
def kafka_bootstrap() -> Iterator[str]:
    """The address of a Kafka broker."""
    with kafka.kafka_server() as server:
        yield server.bootstrap


@pytest.fixture(scope="session")
def postgres_server_of_session() -> Iterator[Postgres | ForeignPostgres]:
    """A PostgreSQL server on which tests create databases of their own; no rule here is about power cuts."""
    with postgres.postgres_server(durable=False) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server_of_session: Postgres | ForeignPostgres) -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped after the test."""
    name = f"test_{uuid4().hex}"
    yield postgres_server_of_session.create_database(name)
    postgres_server_of_session.drop_database(name)
