"""Connections of a pool that are lost while nobody uses them."""

import asyncio

import pytest
from asyncpg import InternalClientError
from sqlalchemy import text
from sqlalchemy.engine import make_url

from shared.database import Database, is_transient, open_database
from tools.servers.postgres import fetch_value

CONNECTIONS = 5


async def _answer(database: Database) -> int:
    async with database.transaction() as session:
        answer: int = await session.scalar(text("SELECT 1 FROM pg_sleep(0.1)"))
    return answer


async def test_connections_lost_while_idle_cost_nobody_an_answer(postgres_url: str) -> None:
    """When the server is back after a restart, nobody is refused for each connection that was lost with it."""
    database = open_database(postgres_url, pool_size=CONNECTIONS)
    url = make_url(postgres_url)
    others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1"
    try:
        for _ in range(3):
            assert await asyncio.gather(*(_answer(database) for _ in range(CONNECTIONS))) == [1] * CONNECTIONS
            assert await fetch_value(url.set(database="postgres", username="postgres"), others, url.database)
    finally:
        await database.close()


@pytest.mark.parametrize(("state", "passes"), [(2, True), (11, False)])
def test_a_goodbye_that_is_still_being_read_is_a_lost_connection(state: int, passes: bool) -> None:
    """What asks while the server's goodbye is read tries again; who uses a connection twice at once is told so."""
    error = InternalClientError(f"cannot switch to state 15; another operation ({state}) is in progress")
    assert is_transient(error) is passes
