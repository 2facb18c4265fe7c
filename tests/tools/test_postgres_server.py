"""The PostgreSQL of the tests is a real one: it keeps what was committed over a restart and over a power cut."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from tools.servers import postgres as postgres_module
from tools.servers.postgres import OWNER, ForeignPostgres, Postgres, postgres_server
from tools.servers.system import ServerError


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server of our own, also where the environment names another: these tests stop it."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv(postgres_module.ENVIRONMENT, raising=False)
        with postgres_server() as server:
            assert isinstance(server, Postgres)
            yield server


async def run(dsn: str, *statements: str) -> object:
    """Run statements in one transaction; return the last one's first value."""
    engine = create_async_engine(dsn)
    try:
        async with engine.begin() as connection:
            results = [await connection.execute(text(statement)) for statement in statements]
            return results[-1].scalar() if results[-1].returns_rows else None
    finally:
        await engine.dispose()


async def test_a_database_is_created_copied_and_dropped(postgres: Postgres) -> None:
    """Each test can have a database of its own, a copy of a prepared one too."""
    prepared = postgres.create_database("prepared")
    await run(prepared, "CREATE TABLE foods (name text)", "INSERT INTO foods VALUES ('大米')")
    copy = postgres.create_database("copy", template="prepared")
    assert postgres.owner_of("copy") == OWNER, "policies bind a service's role, never an administrator"
    assert await run(copy, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") is False
    assert await run(copy, "SELECT name FROM foods") == "大米"
    for name in ("copy", "prepared"):
        postgres.drop_database(name)
        assert not postgres.has_database(name)
    with pytest.raises(DBAPIError, match="does not exist"):
        await run(copy, "SELECT 1")


@pytest.mark.parametrize("how", ["restart", "power_cut"])
async def test_what_was_committed_outlives_the_server(postgres: Postgres, how: str) -> None:
    """After a restart the same address serves the same rows."""
    dsn = postgres.create_database(how)
    await run(dsn, "CREATE TABLE foods (name text)", "INSERT INTO foods VALUES ('rice')")
    if how == "restart":
        postgres.restart()
    else:
        postgres.kill()
        postgres.start()
    assert await run(dsn, "SELECT name FROM foods") == "rice"


async def test_it_keeps_data_as_a_production_server_does(postgres: Postgres) -> None:
    """Speed measured on a server that may lose data would be worth nothing."""
    assert await run(postgres.dsn, "SHOW fsync") == "on"
    assert await run(postgres.dsn, "SHOW synchronous_commit") == "on"
    assert await run(postgres.dsn, "SHOW max_connections") == "200"


def test_the_environments_server_is_used_and_left_alone(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server somebody else runs is neither started nor stopped here."""
    monkeypatch.setenv(postgres_module.ENVIRONMENT, postgres.dsn.replace("+asyncpg", ""))
    with postgres_server() as foreign:
        assert isinstance(foreign, ForeignPostgres)
        assert foreign.dsn == postgres.dsn
        with pytest.raises(ServerError, match="unset TEST_POSTGRES_URL"):
            foreign.restart()
    assert postgres.process.running


def test_a_server_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that was asked for and is missing fails, never skips."""
    monkeypatch.setenv(postgres_module.ENVIRONMENT, "postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(ServerError, match="no PostgreSQL answers there"), postgres_server():
        pass


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without programs, packages and Docker the error says what to install."""
    monkeypatch.delenv(postgres_module.ENVIRONMENT, raising=False)
    monkeypatch.setattr("tools.servers.postgres.find_binaries", lambda: None)
    monkeypatch.setattr("tools.servers.postgres.install", lambda *_: False)
    monkeypatch.setattr("tools.servers.postgres.docker_runs", lambda: False)
    with pytest.raises(ServerError, match=r"apt-get install postgresql.*Docker.*TEST_POSTGRES_URL"), postgres_server():
        pass
