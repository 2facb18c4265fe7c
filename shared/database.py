"""Databases behind one small session: PostgreSQL (`shared.postgres`) or SQLite (`shared.sqlite`)."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import BigInteger, Executable, Integer, Table, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.auth.scope import Scope
from shared.prepared import Prepared, Write

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
        """Insert many rows, values in the order of `names`, by the shortest way there is."""
        ...

    async def get(self, entity: Any, ident: Any) -> Any:
        """Return the row object with that primary key, None when there is none."""
        ...

    def widened(self) -> AbstractAsyncContextManager[None]:
        """See and change as the system what is asked within the block: for whom, no row says what is asked."""
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
    def transaction(self, *, read_only: bool = False, scope: Scope | None = None) -> Any:
        """Return an async context manager giving a Session; leaving it commits, an exception rolls back.

        After a clean exit the data is on disk. A read-only transaction sees committed data only. With a `scope`,
        PostgreSQL shows and changes its tenants' rows and no others (decision 52); None is the system.
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
    from shared.postgres import PostgresDatabase

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


_LOST = ("connection is closed", "connection was closed", "another operation (2) is in progress")
_STALE = ("cached plan must not change result type", "cached statement plan is invalid")
"""What PostgreSQL and SQLAlchemy say of a statement prepared before a migration changed a column's type."""


def is_transient(error: BaseException) -> bool:
    """Whether trying again later may help (unreachable, full, deadlock), or the statement itself is wrong (False)."""
    if isinstance(error, (PoolTimeout, OSError, TimeoutError)):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    sqlstate = str(getattr(cause, "sqlstate", None) or "")
    name = str(getattr(cause, "sqlite_errorname", None) or "")
    # asyncpg has no SQLSTATE for a connection that was lost on our side of the wire, and where the server said goodbye
    # while nobody asked anything, it is still reading that (state 2) when the next one asks.
    lost = any(said in str(cause) for said in (*_LOST, *_STALE))
    return sqlstate.startswith(_TRANSIENT_SQLSTATES) or name.startswith(_TRANSIENT_SQLITE) or lost


def is_stale(error: BaseException) -> bool:
    """Whether a statement was prepared for tables as they were before a migration."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return any(said in str(cause) for said in _STALE)


def is_of_another(error: BaseException) -> bool:
    """Whether PostgreSQL refused a row because of its tenants (SQLSTATE 42501, insufficient privilege)."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) == "42501"


async def ping(database: Database) -> None:
    """Ask the database one trivial question; raises when it cannot answer."""
    async with database.transaction(read_only=True) as session:
        await session.execute(text("SELECT 1"))
