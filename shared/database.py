"""Databases behind one small session: PostgreSQL by asyncpg, or SQLite (`shared.sqlite`)."""

import asyncio
import ssl
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import BigInteger, Executable, Integer, Table, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from shared.prepared import Prepared, Write, together

if TYPE_CHECKING:
    from shared.settings import Settings

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SERIAL = BigInteger().with_variant(Integer, "sqlite")
"""The type of a key the database counts: SQLite counts only columns of type INTEGER."""


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

    async def run(self, prepared: Prepared, params: Mapping[str, Any]) -> list[Sequence[Any]]:
        """Execute a prepared statement; returns its rows, columns by place."""
        ...

    async def write(self, write: Write) -> None:
        """Execute a prepared statement that only writes, after what was added; its errors may come at the commit.

        Where there is a wire, statements in a row share a way over it. So the rows it changes are locked before.
        """
        ...

    async def fill(self, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert many rows, values in the order of `names`: by COPY, or by whatever else is the shortest way."""
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


def open_database(url: str, *, pool_size: int = 20, ca: Path | None = None) -> Database:
    """Open the database at `url`: `sqlite:///path` or `postgresql+asyncpg://…`. Connects lazily.

    With `ca`, who signed its certificate, PostgreSQL is spoken to by TLS only and must be who the address names.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("a SQLite database needs a file: connections would not see each other's memory")
        from shared.sqlite import SqliteDatabase

        return SqliteDatabase(Path(parsed.database))
    return PostgresDatabase(url, pool_size, ca)


def database_of(settings: "Settings", service: str) -> Database:
    """Open a service's own database, as the settings say."""
    return open_database(settings.database_of(service), pool_size=settings.pool_size, ca=settings.database_ca)


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


class PostgresSession:
    """A Session on one connection, opened at its first statement. The transaction is asyncpg's own.

    Prepared statements go to asyncpg, all others through an AsyncSession that knows of no transaction.
    """

    def __init__(self, engine: AsyncEngine, read_only: bool) -> None:
        self._engine = engine
        self._read_only = read_only
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self._transaction: Any = None
        self._others: AsyncSession | None = None
        self._pending: list[object] = []
        self._writes: list[Write] = []

    async def run(self, prepared: Prepared, params: Mapping[str, Any]) -> list[Sequence[Any]]:
        """Execute a prepared statement; returns its rows, columns by place."""
        if self._writes:
            await self._write()
        await self._open()
        statement = prepared.text(self._engine.dialect)
        if statement.returns_rows:
            return statement.rows(await self._driver.fetch(statement.sql, *statement.values(params)))
        await self._driver.execute(statement.sql, *statement.values(params))
        return []

    async def write(self, write: Write) -> None:
        """Execute a prepared statement that only writes, after what was added, together with those that follow it."""
        await self._flush_added()
        table = write.prepared.text(self._engine.dialect).changes
        if any(each.prepared.text(self._engine.dialect).changes is table for each in self._writes):
            await self._write()
        self._writes.append(write)

    async def _write(self) -> None:
        writes, self._writes = self._writes, []
        if len(writes) == 1:
            return writes[0].require(len(await self.run(writes[0].prepared, writes[0].params)))
        await self._open()
        texts = tuple([each.prepared.text(self._engine.dialect) for each in writes])
        values = [value for each, text in zip(writes, texts, strict=True) for value in text.values(each.params)]
        found = await self._driver.fetchrow(together(texts), *values)
        for each, rows in zip(writes, found, strict=True):
            each.require(rows)
        return None

    async def fill(self, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert many rows by COPY, values in the order of `names`."""
        if self._writes:
            await self._write()
        await self._open()
        await self._driver.copy_records_to_table(table.name, records=rows, columns=names)

    async def execute(self, statement: Executable, params: Any = None) -> Any:
        """Execute a statement; a list of parameter mappings executes it for each."""
        return await (await self._session()).execute(statement, params)

    async def scalar(self, statement: Executable, params: Any = None) -> Any:
        """Return the first column of the first row, None without a row."""
        return await (await self._session()).scalar(statement, params)

    async def scalars(self, statement: Executable, params: Any = None) -> Any:
        """Return the first column of all rows."""
        return await (await self._session()).scalars(statement, params)

    async def get(self, entity: Any, ident: Any) -> Any:
        """Return the row object with that primary key, None when there is none."""
        return await (await self._session()).get(entity, ident)

    async def flush(self) -> None:
        """Write what was added, without committing."""
        await self._flush_added()
        if self._writes:
            await self._write()

    def add(self, instance: object) -> None:
        """Add a row object."""
        self._pending.append(instance)

    def add_all(self, instances: Iterable[object]) -> None:
        """Add row objects."""
        self._pending.extend(instances)

    async def delete(self, instance: object) -> None:
        """Delete a row object."""
        await (await self._session()).delete(instance)

    async def _session(self) -> AsyncSession:
        if self._writes:
            await self._write()
        return await self._orm()

    async def _flush_added(self) -> None:
        if self._others is not None or self._pending:
            await (await self._orm()).flush()

    async def _orm(self) -> AsyncSession:
        if self._others is None:
            self._others = AsyncSession(await self._open(), expire_on_commit=False)
        if self._pending:
            self._others.add_all(self._pending)
            self._pending.clear()
        return self._others

    async def _open(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._engine.connect()
            self._driver = (await self._connection.get_raw_connection()).driver_connection
        if self._transaction is None:
            transaction = self._driver.transaction(readonly=self._read_only)
            await transaction.start()
            self._transaction = transaction
        return self._connection

    async def commit(self) -> None:
        """Write what was added and commit, if anything was asked of the database."""
        await self.flush()
        if self._transaction is not None:
            transaction, self._transaction = self._transaction, None
            await transaction.commit()

    async def close(self) -> None:
        """Undo what is not committed and give the connection back; one that was lost, or cannot undo, is closed."""
        if self._connection is None:
            return
        try:
            if self._others is not None:
                await self._others.close()
            if self._transaction is not None and not self._driver.is_closed():
                await self._transaction.rollback()
        except BaseException:
            await self._connection.invalidate()
            raise
        finally:
            if self._driver is not None and self._driver.is_closed():
                await self._connection.invalidate()
            await self._connection.close()


class PostgresDatabase(Database):
    """PostgreSQL by asyncpg; every transaction has a connection of its own."""

    dialect = "postgresql"

    def __init__(self, url: str, pool_size: int, ca: Path | None = None) -> None:
        tls = {} if ca is None else {"ssl": ssl.create_default_context(cafile=str(ca))}
        self._engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=15,
            pool_pre_ping=False,
            connect_args={"timeout": 5, **tls},
            # Errors are logged, and what people wrote does not belong there.
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",  # a session's transaction is asyncpg's own
        )
        self._with_transactions = self._engine.execution_options(isolation_level="READ COMMITTED")

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False) -> AsyncIterator[Session]:
        """Give a session; commit at a clean exit."""
        session = PostgresSession(self._engine, read_only)
        try:
            yield session
            await session.commit()
        finally:
            await asyncio.shield(session.close())

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """Give a bare connection inside a transaction, for the relay and bulk reads."""
        async with self._with_transactions.begin() as connection:
            yield connection

    async def run_sync(self, function: Any) -> Any:
        """Call `function(connection)` inside one transaction."""
        async with self._with_transactions.begin() as connection:
            return await connection.run_sync(function)

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()


async def ping(database: Database) -> None:
    """Ask the database one trivial question; raises when it cannot answer."""
    async with database.transaction(read_only=True) as session:
        await session.execute(text("SELECT 1"))
