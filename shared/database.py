"""Databases behind one small session: PostgreSQL by asyncpg, or SQLite (`shared.sqlite`)."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Executable, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Session(Protocol):
    """What use cases and queries may do with a database: a subset of SQLAlchemy's AsyncSession."""

    async def execute(self, statement: Executable, params: Any = None) -> Any:
        """Execute a statement; a list of parameter mappings executes it for each."""
        ...

    async def scalar(self, statement: Executable, params: Any = None) -> Any:
        """Return the first column of the first row, None without a row."""
        ...

    async def scalars(self, statement: Executable, params: Any = None) -> Any:
        """Return the first column of all rows (`.all()`, `.first()`)."""
        ...

    async def get(self, entity: Any, ident: Any) -> Any:
        """Return the row object with that primary key, None when there is none."""
        ...

    async def flush(self) -> None:
        """Write what was added, without committing."""
        ...

    def add(self, instance: object) -> None:
        """Add a row object."""
        ...

    def add_all(self, instances: Iterable[object]) -> None:
        """Add row objects."""
        ...

    async def delete(self, instance: object) -> None:
        """Delete a row object."""
        ...


class Database(ABC):
    """One service's database."""

    dialect: str

    @abstractmethod
    def transaction(self, *, read_only: bool = False) -> Any:
        """Return an async context manager giving a Session; leaving it commits, an exception rolls back.

        After a clean exit the data is on disk. A read-only transaction sees committed data only.
        """

    @abstractmethod
    async def run_sync(self, function: Any) -> Any:
        """Call `function(connection)` with a synchronous connection, for migrations; commits after it."""

    @abstractmethod
    async def close(self) -> None:
        """Close every connection."""


def open_database(url: str, *, pool_size: int = 20) -> Database:
    """Open the database at `url`: `sqlite:///path` or `postgresql+asyncpg://…`. Connects lazily."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("a SQLite database needs a file: connections would not see each other's memory")
        from shared.sqlite import SqliteDatabase

        return SqliteDatabase(Path(parsed.database))
    return PostgresDatabase(url, pool_size)


_TRANSIENT_SQLSTATES = ("08", "53", "57P", "40001", "40P01", "55P03")
_TRANSIENT_SQLITE = (
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_READONLY",
)


def is_transient(error: BaseException) -> bool:
    """Whether trying again later may help (unreachable, full, deadlock), or the statement itself is wrong (False)."""
    if isinstance(error, (PoolTimeout, OSError, TimeoutError)):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    sqlstate = str(getattr(cause, "sqlstate", None) or "")
    name = str(getattr(cause, "sqlite_errorname", None) or "")
    # asyncpg has no SQLSTATE for a connection that was lost on our side of the wire.
    lost = "connection is closed" in str(cause) or "connection was closed" in str(cause)
    return sqlstate.startswith(_TRANSIENT_SQLSTATES) or name.startswith(_TRANSIENT_SQLITE) or lost


class PostgresDatabase(Database):
    """PostgreSQL by asyncpg; every transaction has a connection of its own."""

    dialect = "postgresql"

    def __init__(self, url: str, pool_size: int) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=15,
            pool_pre_ping=False,
            connect_args={"timeout": 5},
            # Errors are logged, and what people wrote does not belong there.
            hide_parameters=True,
        )

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False) -> AsyncIterator[Session]:
        """Give a session; commit at a clean exit."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            if read_only:
                await session.connection(execution_options={"postgresql_readonly": True})
            yield session
            await session.commit()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """Give a bare connection inside a transaction, for the relay and bulk reads."""
        async with self._engine.begin() as connection:
            yield connection

    async def run_sync(self, function: Any) -> Any:
        """Call `function(connection)` inside one transaction."""
        async with self._engine.begin() as connection:
            return await connection.run_sync(function)

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()


async def ping(database: Database) -> None:
    """Ask the database one trivial question; raises when it cannot answer."""
    async with database.transaction(read_only=True) as session:
        await session.execute(text("SELECT 1"))
