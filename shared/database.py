"""Databases behind one small session: PostgreSQL by asyncpg, or SQLite with one writer and group commit.

SQLite lets one connection write at a time and pays an fsync per commit. So all writers of a process take turns on one
connection, each inside a savepoint, and share one COMMIT (:class:`SqliteDatabase`). A unit of work is only done once that
commit is on disk, and statements run in the event loop's thread: they take microseconds, a thread hop takes more.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Executable, RootTransaction, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.pool import QueuePool, StaticPool

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
            url, pool_size=pool_size, max_overflow=0, pool_timeout=15, pool_pre_ping=False, connect_args={"timeout": 5}
        )

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False) -> AsyncIterator[Session]:
        """Give a session; commit at a clean exit."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            if read_only:
                await session.connection(execution_options={"postgresql_readonly": True})
            yield session  # type: ignore[misc]
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


class _LocalSession:
    """A Session over a synchronous one, opened at its first statement."""

    def __init__(self, opener: "_Opener") -> None:
        self._opener = opener

    async def execute(self, statement: Executable, params: Any = None) -> Any:
        return (await self._opener.open()).execute(statement, params)

    async def scalar(self, statement: Executable, params: Any = None) -> Any:
        return (await self._opener.open()).scalar(statement, params)

    async def scalars(self, statement: Executable, params: Any = None) -> Any:
        return (await self._opener.open()).scalars(statement, params)

    async def get(self, entity: Any, ident: Any) -> Any:
        return (await self._opener.open()).get(entity, ident)

    async def flush(self) -> None:
        (await self._opener.open()).flush()

    def add(self, instance: object) -> None:
        self._opener.pending.append(instance)

    def add_all(self, instances: Iterable[object]) -> None:
        self._opener.pending.extend(instances)

    async def delete(self, instance: object) -> None:
        (await self._opener.open()).delete(instance)


class _Opener:
    """Opens the real session when it is first needed; objects added before wait in `pending`."""

    def __init__(self, database: "SqliteDatabase", read_only: bool) -> None:
        self._database = database
        self._read_only = read_only
        self.session: OrmSession | None = None
        self.pending: list[object] = []

    async def open(self) -> OrmSession:
        if self.session is None:
            self.session = await self._database.begin(self._read_only)
        if self.pending:
            self.session.add_all(self.pending)
            self.pending.clear()
        return self.session


class SqliteDatabase(Database):
    """A SQLite file in WAL mode: readers beside one writer connection whose commits are shared."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        url = f"sqlite:///{path}"
        arguments = {"check_same_thread": False, "isolation_level": None, "timeout": 5.0}
        self._writer: Engine = create_engine(url, poolclass=StaticPool, connect_args=arguments)
        self._readers: Engine = create_engine(
            url, poolclass=QueuePool, pool_size=8, max_overflow=56, connect_args=arguments
        )
        for engine, begin in ((self._writer, "BEGIN IMMEDIATE"), (self._readers, "BEGIN DEFERRED")):
            _prepare(engine, begin)
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None
        self._outer: RootTransaction | None = None
        self._group: asyncio.Future[None] | None = None
        self._committers: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False) -> AsyncIterator[Session]:
        """Give a session; a clean exit waits until the shared commit is on disk."""
        opener = _Opener(self, read_only)
        try:
            yield _LocalSession(opener)
            if opener.pending:
                await opener.open()
        except BaseException:
            if opener.session is not None:
                self._abandon(opener.session, read_only)
            raise
        if opener.session is not None:
            await self._finish(opener.session, read_only)

    async def begin(self, read_only: bool) -> OrmSession:
        """Open a session: a reader's at once, a writer's when its turn has come."""
        if read_only:
            return OrmSession(self._readers, expire_on_commit=False)
        await self._turn.acquire()
        try:
            if self._connection is None:
                self._connection = self._writer.connect()
            if self._outer is None:
                self._outer = self._connection.begin()
            return OrmSession(self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        except BaseException:
            self._turn.release()
            raise

    async def _finish(self, session: OrmSession, read_only: bool) -> None:
        if read_only:
            session.close()
            return
        try:
            session.commit()
            session.close()
        except BaseException:
            self._abandon(session, read_only)
            raise
        group = self._join_group()
        self._turn.release()
        await asyncio.shield(group)

    def _abandon(self, session: OrmSession, read_only: bool) -> None:
        try:
            session.rollback()
            session.close()
        finally:
            if not read_only:
                if self._group is None and self._outer is not None:
                    # Nobody's finished work is in it: give the file's write lock back.
                    outer, self._outer = self._outer, None
                    outer.rollback()
                self._turn.release()

    def _join_group(self) -> "asyncio.Future[None]":
        """Join the group waiting for a commit; the first of a group queues the commit behind present waiters."""
        if self._group is None:
            self._group = asyncio.get_running_loop().create_future()
            self._group.add_done_callback(lambda future: future.exception())
            committer = asyncio.create_task(self._commit_group(self._group))
            self._committers.add(committer)
            committer.add_done_callback(self._committers.discard)
        return self._group

    async def _commit_group(self, group: "asyncio.Future[None]") -> None:
        async with self._turn:
            self._group = None
            outer, self._outer = self._outer, None
            assert outer is not None
            try:
                await asyncio.to_thread(outer.commit)
            except Exception as error:
                outer.close()
                group.set_exception(error)
            else:
                group.set_result(None)

    async def run_sync(self, function: Any) -> Any:
        """Call `function(connection)` on a connection of its own, outside the writers' queue (start-up only)."""
        with self._readers.connect() as connection:
            result = function(connection)
            connection.commit()
            return result

    async def close(self) -> None:
        """Wait for running commits and close every connection."""
        if self._committers:
            await asyncio.gather(*self._committers, return_exceptions=True)
        if self._outer is not None:
            self._outer.close()
        if self._connection is not None:
            self._connection.close()
        self._writer.dispose()
        self._readers.dispose()


def _prepare(engine: Engine, begin: str) -> None:
    """Set the pragmas of a connection and begin transactions ourselves (the driver's own begin is too late)."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


async def ping(database: Database) -> None:
    """Ask the database one trivial question; raises when it cannot answer."""
    async with database.transaction(read_only=True) as session:
        await session.execute(text("SELECT 1"))
