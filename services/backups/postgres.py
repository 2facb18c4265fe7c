"""PostgreSQL: a dump of each service's database, all of one moment, by `pg_dump` and `pg_restore`."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
from sqlalchemy.engine import URL, make_url

from services.commands import named
from shared.errors import DomainError
from shared.parting import trusting
from shared.settings import Settings

LOCK_S = 30
_DEBIAN = Path("/usr/lib/postgresql")


def addresses(settings: Settings, services: Sequence[str]) -> dict[str, URL]:
    """Return the databases of services. Raises DomainError where the settings lead to one only."""
    return {service: make_url(settings.database_of(service)) for service in named(settings, services, services)}


async def connect(stack: AsyncExitStack, url: URL, ca: Path | None) -> asyncpg.Connection:
    """Connect until the stack closes; `ca` signed the server's certificate, where one is asked for."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    # None is what the address says, and asyncpg's own idea where it says nothing.
    context = None if ca is None else trusting(ca)
    connection = await asyncpg.connect(plain, ssl=context)
    stack.push_async_callback(connection.close)
    return connection


@asynccontextmanager
async def told_nothing(databases: Mapping[str, URL], ca: Path | None) -> AsyncIterator[None]:
    """Let nobody tell anything for the length of the block: no event is written in any of the databases.

    Who wants to tell something waits. So whatever a group has handled, its cause is in the database it came from.
    """
    async with AsyncExitStack() as stack:
        for url in databases.values():
            connection = await connect(stack, url, ca)
            transaction = connection.transaction()
            await transaction.start()
            stack.push_async_callback(transaction.rollback)
            await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_S}s'")
            await connection.execute("LOCK TABLE outbox IN SHARE MODE")
        yield


async def take_snapshot(stack: AsyncExitStack, url: URL, ca: Path | None) -> str:
    """Return the name of what a database shows now; it is shown until the stack closes."""
    connection = await connect(stack, url, ca)
    transaction = connection.transaction(isolation="repeatable_read", readonly=True)
    await transaction.start()
    stack.push_async_callback(transaction.rollback)
    name: str = await connection.fetchval("SELECT pg_export_snapshot()")
    return name


async def dump(url: URL, snapshot: str, target: Path, ca: Path | None) -> None:
    """Write what a database showed. Needs an administrator: PostgreSQL dumps for nobody what a policy might hide."""
    await _run("pg_dump", url, ca, "--format=custom", f"--snapshot={snapshot}", f"--file={target}")


async def restore(url: URL, source: Path, ca: Path | None) -> None:
    """Fill an empty database, as a whole or not at all; its tables belong to whom they belonged to."""
    await _run("pg_restore", url, ca, "--exit-on-error", "--single-transaction", str(source))


async def require_empty(databases: Mapping[str, URL], ca: Path | None) -> None:
    """Raise ValueError where a database has tables: what is there is never written over."""
    async with AsyncExitStack() as stack:
        for service, url in databases.items():
            connection = await connect(stack, url, ca)
            if await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"):
                raise ValueError(f"the database of {service} is not empty; make it anew first")


async def _run(tool: str, url: URL, ca: Path | None, *options: str) -> None:
    where = [f"--host={url.host}", f"--port={url.port or 5432}", f"--username={url.username}"]
    environment = os.environ | {"PGPASSWORD": str(url.password or "")}
    if ca is not None:
        environment |= {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": str(ca)}
    command = [_program(tool), *where, f"--dbname={url.database}", "--no-password", *options]
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    if process.returncode:
        raise DomainError("tool-failed", f"{tool} of {url.database}: {said.decode(errors='replace').strip()}")


def _program(tool: str) -> str:
    """Return where a program of PostgreSQL is: on the path, else the newest that Debian keeps."""
    kept = sorted(_DEBIAN.glob(f"*/bin/{tool}"), key=lambda path: float(path.parts[-3]))
    found = shutil.which(tool) or (str(kept[-1]) if kept else None)
    if found is None:
        raise DomainError("tool-missing", f"install PostgreSQL's {tool}, of the server's version or newer")
    return found
