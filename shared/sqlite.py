"""SQLite with one writer and group commit.

SQLite lets one connection write at a time and pays an fsync per commit. So all writers of a process take turns on one
connection, each inside a savepoint, and share one COMMIT. A unit of work is only done once that commit is on disk, and
statements run in the event loop's thread: they take microseconds, a thread hop takes more.

Out of disk, SQLite may undo the whole shared transaction by itself; the driver would then commit every further
statement on its own, and do nothing at COMMIT. So a statement is refused unless the transaction is there, and when it
is lost, everybody who waits for its commit is told.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, RootTransaction, Table, bindparam, create_engine, event, insert
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.pool import NullPool, QueuePool

from shared.auth.scope import Scope
from shared.database import Database, Session
from shared.prepared import Prepared, Text, Write


class TransactionLost(sqlite3.OperationalError):
    """The shared transaction is not there any more; trying again may help."""

    sqlite_errorname = "SQLITE_FULL"


class _LocalSession:
    """A Session on one connection, opened at its first statement; all but prepared ones go through an ORM session."""

    def __init__(self, database: "SqliteDatabase", read_only: bool) -> None:
        self._database = database
        self._read_only = read_only
        self._pending: list[object] = []
        self.connection: Connection | None = None
        self.driver: Any = None
        self.others: OrmSession | None = None

    async def execute(self, statement: Executable, params: Any = None) -> Any:
        return (await self._session()).execute(statement, params)

    async def scalar(self, statement: Executable, params: Any = None) -> Any:
        return (await self._session()).scalar(statement, params)

    async def scalars(self, statement: Executable, params: Any = None) -> Any:
        return (await self._session()).scalars(statement, params)

    async def run(self, prepared: Prepared, params: Mapping[str, Any]) -> list[Sequence[Any]]:
        connection = self.connection or await self._open()
        _require_transaction(self.driver)
        statement = prepared.text(connection.dialect)
        return statement.rows(self.driver.execute(statement.sql, statement.values(params)).fetchall())

    async def fill(self, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        connection = self.connection or await self._open()
        _require_transaction(self.driver)
        said = {name: bindparam(name, type_=table.c[name].type) for name in names}
        ready = Text(insert(table).values(said), connection.dialect)
        self.driver.executemany(ready.sql, (ready.values(dict(zip(names, row, strict=True))) for row in rows))

    async def write(self, write: Write) -> None:
        await self.flush()
        write.require(len(await self.run(write.prepared, write.params)))

    async def get(self, entity: Any, ident: Any) -> Any:
        return (await self._session()).get(entity, ident)

    async def flush(self) -> None:
        if self.others is not None or self._pending:
            (await self._session()).flush()

    def add(self, instance: object) -> None:
        self._pending.append(instance)

    def add_all(self, instances: Iterable[object]) -> None:
        self._pending.extend(instances)

    async def delete(self, instance: object) -> None:
        (await self._session()).delete(instance)

    @asynccontextmanager
    async def widened(self) -> AsyncIterator[None]:
        yield

    async def _session(self) -> OrmSession:
        if self.others is None:
            connection = self.connection or await self._open()
            self.others = OrmSession(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        if self._pending:
            self.others.add_all(self._pending)
            self._pending.clear()
        return self.others

    async def _open(self) -> Connection:
        self.connection = await self._database.begin(self._read_only)
        self.driver = _driver_of(self.connection)
        return self.connection


class SqliteDatabase(Database):
    """A SQLite file in WAL mode: readers beside one writer connection whose commits are shared."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        url = f"sqlite:///{path}"
        arguments = {"check_same_thread": False, "isolation_level": None, "timeout": 5.0}
        # Errors are logged, and what people wrote does not belong there.
        self._writer: Engine = create_engine(url, poolclass=NullPool, connect_args=arguments, hide_parameters=True)
        self._readers: Engine = create_engine(
            url, poolclass=QueuePool, pool_size=8, max_overflow=56, connect_args=arguments, hide_parameters=True
        )
        for engine, begin in ((self._writer, "BEGIN IMMEDIATE"), (self._readers, "BEGIN DEFERRED")):
            _prepare(engine, begin)
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None
        self._outer: RootTransaction | None = None
        self._group: asyncio.Future[None] | None = None
        self._committers: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False, scope: Scope | None = None) -> AsyncIterator[Session]:
        """Give a session; a clean exit waits until the shared commit is on disk. It has no second wall."""
        session = _LocalSession(self, read_only)
        try:
            yield session
            await session.flush()
        except BaseException:
            if session.connection is not None:
                self._abandon(session, read_only)
            raise
        if session.connection is not None:
            await self._finish(session, read_only)

    async def begin(self, read_only: bool) -> Connection:
        """Open a transaction: a reader's at once, a writer's, which is a savepoint, when its turn has come."""
        if read_only:
            connection = self._readers.connect()
            connection.begin()
            return connection
        await self._turn.acquire()
        try:
            connection = self._shared_transaction()
            _driver_of(connection).execute("SAVEPOINT one_unit")
        except BaseException:
            self._turn.release()
            raise
        return connection

    def _shared_transaction(self) -> Connection:
        """Return the writers' connection inside the transaction they share."""
        if self._outer is not None and not self._is_there():
            self._lose(TransactionLost("the transaction was undone"))
        if self._connection is None:
            self._connection = self._writer.connect()
        if self._outer is None:
            self._outer = self._connection.begin()
        return self._connection

    def _is_there(self) -> bool:
        return self._connection is not None and _in_transaction(self._connection)

    async def _finish(self, session: _LocalSession, read_only: bool) -> None:
        if read_only:
            return _end_reading(session)
        try:
            if session.others is not None:
                session.others.commit()
                session.others.close()
            _require_transaction(session.driver)
            session.driver.execute("RELEASE one_unit")
        except BaseException:
            self._abandon(session, read_only)
            raise
        group = self._join_group()
        self._turn.release()
        return await asyncio.shield(group)

    def _abandon(self, session: _LocalSession, read_only: bool) -> None:
        """Undo one unit of work, and nobody else's if SQLite lets us."""
        if read_only:
            return _end_reading(session)
        try:
            if session.others is not None:
                session.others.rollback()
                session.others.close()
            session.driver.execute("ROLLBACK TO one_unit")
            session.driver.execute("RELEASE one_unit")
            if self._group is None and self._outer is not None:
                # Nobody's finished work is in it: give the file's write lock back.
                outer, self._outer = self._outer, None
                outer.rollback()
        except Exception as error:
            self._lose(error)
        finally:
            self._turn.release()
        return None

    def _lose(self, error: Exception) -> None:
        """Start anew with another connection; whoever waits for the commit of this one is told."""
        self._outer = None
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.invalidate()
            with suppress(Exception):
                connection.close()
        group, self._group = self._group, None
        if group is not None:
            group.set_exception(error)

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
            if group.done():
                return
            outer, self._outer = self._outer, None
            try:
                await asyncio.to_thread(self._commit, outer)
            except Exception as error:
                self._lose(error)
            else:
                self._group = None
                group.set_result(None)

    def _commit(self, outer: RootTransaction | None) -> None:
        if outer is None or not self._is_there():
            raise TransactionLost("the transaction was undone before its commit")
        outer.commit()

    async def run_sync(self, function: Any) -> Any:
        """Call `function(connection)` on a connection of its own, outside the writers' queue (start-up only).

        Migrations make tables anew under the same name, which references to them must outlive: they are looked at once,
        before the commit.
        """
        with self._readers.connect() as connection:
            driver = _driver_of(connection)
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                result = function(connection)
                if broken := driver.execute("PRAGMA foreign_key_check").fetchall():
                    raise ValueError(f"references to what is not there: {broken[:5]}")
                connection.commit()
            finally:
                connection.rollback()
                driver.execute("PRAGMA foreign_keys=ON")
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

    @event.listens_for(engine, "before_cursor_execute")
    def _refuse(connection: Connection, _cursor: Any, statement: str, *_: object) -> None:
        if not _in_transaction(connection) and statement != begin:
            raise TransactionLost("the transaction was undone")


def _end_reading(session: _LocalSession) -> None:
    if session.others is not None:
        session.others.close()
    if session.connection is not None:
        session.connection.close()


def _require_transaction(driver: Any) -> None:
    if not driver.in_transaction:
        raise TransactionLost("the transaction was undone")


def _driver_of(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _in_transaction(connection: Connection) -> bool:
    return bool(getattr(_driver_of(connection), "in_transaction", False))
