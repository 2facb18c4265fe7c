"""PostgreSQL by asyncpg: a transaction is opened at its first statement, and says in the same breath who asks."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from shared.auth.scope import SYSTEM, WIDE, Scope, narrowing
from shared.database import Database, Session, is_stale, is_transient
from shared.filling import FILLED_AT_ONCE, filled_by, filling_of
from shared.parting import trusting
from shared.prepared import Prepared, Write, together
from shared.repeated import Done, Repeated

_SETTINGS = {SYSTEM: "yes", "standard_conforming_strings": "on", "jit": "off"}
"""A service acts for the system, unless a transaction says for whom. Who says nothing sees no tenant's rows.

What policies ask of a row makes a statement look dear to the planner, which then compiles a hundred functions for it:
a second of the processor for what runs in milliseconds.
"""
_PREPARED = dict.fromkeys(("statement_cache_size", "prepared_statement_cache_size"), 1_000)
"""How many statements a connection keeps prepared, those of ours and those of SQLAlchemy: all that a service has. A
service of three hundred that keeps a hundred prepares and plans each anew, on a way of its own over the wire.
"""


class _Tables:
    """How often a migration was seen to have changed tables: connections from before keep plans that fail."""

    def __init__(self) -> None:
        self._changes = 0

    def changed(self) -> None:
        """Let no connection from before now be used again."""
        self._changes += 1

    def require_fresh(self, connection: AsyncConnection) -> None:
        """Raise ConnectionError for a connection from before the last change."""
        if connection.info.setdefault("tables", self._changes) != self._changes:
            raise ConnectionError("what it has prepared is of tables as they were before a migration")


class PostgresSession:
    """A Session on one connection, opened at its first statement. The transaction is its own.

    Prepared statements go to asyncpg, all others through an AsyncSession that knows of no transaction.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        tables: _Tables,
        repeated: Repeated,
        read_only: bool,
        scope: Scope | None = None,
        *,
        pool_size: int = 1,
    ) -> None:
        self._engine = engine
        self._repeated = repeated
        self._tables = tables
        self._pool_size = pool_size
        self._read_only = read_only
        self._scope = scope
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self._begun = False
        self._others: AsyncSession | None = None
        self._pending: list[object] = []
        self._writes: list[Write] = []

    async def run(self, prepared: Prepared, params: Mapping[str, Any]) -> list[Sequence[Any]]:
        """Execute a prepared statement; returns its rows, columns by place."""
        await self._ready()
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
        """Insert many rows as columns, values in the order of `names`: COPY is refused where policies hold."""
        await self._ready()
        filling = filling_of(table, tuple(names))
        remaining = iter(rows)
        while batch := list(itertools.islice(remaining, FILLED_AT_ONCE)):
            await self._driver.execute(filling.sql, *filling.columns(batch))

    async def execute(self, statement: Executable, params: Any = None) -> Any:
        """Execute a statement; a list of parameter mappings executes it for each. Plain rows are inserted as columns.

        PostgreSQL looks at the policies of a table for every statement, and a row costs as much as a hundred of one.
        """
        if (into := filled_by(statement, params)) is not None:
            await self._flush_added()
            table, names = into
            return await self.fill(table, names, ([row[name] for name in names] for row in params))
        if (known := self._repeated.text(statement, params)) is not None:
            await self._ready()
            if known.returns_rows:
                return known.result(await self._driver.fetch(known.sql, *known.given(params)))
            return Done(await self._driver.execute(known.sql, *known.given(params)))
        return await (await self._session()).execute(statement, params)

    async def scalar(self, statement: Executable, params: Any = None) -> Any:
        """Return the first column of the first row, None without a row."""
        return (await self.execute(statement, params)).scalar()

    async def scalars(self, statement: Executable, params: Any = None) -> Any:
        """Return the first column of all rows."""
        return (await self.execute(statement, params)).scalars()

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

    async def _ready(self) -> None:
        """Let the driver be asked next: what was to be written before is, and a transaction is open."""
        if self._writes:
            await self._write()
        await self._open()

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
            self._connection = await self._begin_anew()
        elif not self._begun:
            await self._begin()
        return self._connection

    async def _begin_anew(self) -> AsyncConnection:
        """Begin on a connection of the pool; those that were lost, or are of old tables, are thrown away."""
        for left in reversed(range(self._pool_size + 1)):
            connection = await self._engine.connect()
            try:
                self._driver = (await connection.get_raw_connection()).driver_connection
                self._tables.require_fresh(connection)
                await self._begin()
            except BaseException as error:
                # Whatever it was in the middle of, nobody gets it after us.
                await connection.invalidate()
                await connection.close()
                if not left or not isinstance(error, Exception) or not is_transient(error):
                    raise
            else:
                break
        return connection

    async def _begin(self) -> None:
        begin = "BEGIN READ ONLY" if self._read_only else "BEGIN"
        # Who asks goes with it: no way over the wire is its own.
        await self._driver.execute(begin if self._scope is None else f"{begin}; {narrowing(self._scope)}")
        self._begun = True

    @asynccontextmanager
    async def widened(self) -> AsyncIterator[None]:
        """See and change as the system what is asked within the block."""
        if (scope := self._scope) is None:
            yield
            return
        await self.flush()
        await self._open()
        await self._driver.execute(WIDE)
        self._scope = None
        yield
        await self.flush()
        self._scope = scope
        await self._driver.execute(narrowing(scope))

    async def commit(self) -> None:
        """Write what was added and commit, if anything was asked of the database."""
        await self.flush()
        if self._begun:
            await self._driver.execute("COMMIT")
            self._begun = False

    async def close(self) -> None:
        """Undo what is not committed and give the connection back; one that was lost, or cannot undo, is closed."""
        if self._connection is None:
            return
        try:
            if self._others is not None:
                await self._others.close()
            if self._begun and not self._driver.is_closed():
                await self._driver.execute("ROLLBACK")
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
        self._pool_size = pool_size
        self._tables = _Tables()
        tls = {} if ca is None else {"ssl": trusting(ca)}
        self._engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=15,
            pool_pre_ping=False,
            connect_args={"timeout": 5, "server_settings": _SETTINGS, **_PREPARED, **tls},
            # Errors are logged, and what people wrote does not belong there.
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",  # a session's transaction is its own
        )
        self._repeated = Repeated(self._engine.dialect)
        self._with_transactions = self._engine.execution_options(isolation_level="READ COMMITTED")

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False, scope: Scope | None = None) -> AsyncIterator[Session]:
        """Give a session; commit at a clean exit."""
        session = PostgresSession(
            self._engine, self._tables, self._repeated, read_only, scope, pool_size=self._pool_size
        )
        try:
            yield session
            await session.commit()
        except Exception as error:
            if is_stale(error):
                self._tables.changed()
            raise
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
