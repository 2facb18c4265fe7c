"""At which step a database is, and which one this code needs; `shared.migrate` takes steps."""

import importlib
from functools import cache
from pathlib import Path

from sqlalchemy import text

from shared.database import Database

_IS_THERE = {
    "sqlite": text("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"),
    "postgresql": text("SELECT count(*) FROM pg_class WHERE oid = to_regclass('alembic_version')"),
}
_PRESENT = text("SELECT version_num FROM alembic_version")


async def present(database: Database) -> str | None:
    """Return the step a database is at, None for one that has taken none."""
    async with database.transaction(read_only=True) as session:
        if not await session.scalar(_IS_THERE[database.dialect]):
            return None
        step: str | None = await session.scalar(_PRESENT)
        return step


@cache
def newest(package: str) -> str | None:
    """Return the newest step of a package, None without any: files of steps are called by their numbers, in order."""
    versions = Path(str(importlib.import_module(package).__file__)).parent / "versions"
    return max((file.name.partition("_")[0] for file in versions.glob("[0-9]*_*.py")), default=None)


def serve(at: str | None, needed: str | None) -> bool:
    """Whether a database at a step can be worked with by code that needs another: at the same step, or a newer one.

    While a new version is rolled out the old one goes on beside it: steps leave what the version before them needs.
    """
    return at == needed or (at is not None and needed is not None and at > needed)


async def bring_up_to_date(database: Database, package: str) -> None:
    """Bring a database to the newest step of a package; on PostgreSQL one replica at a time. A newer one stays so."""
    if not serve(await present(database), newest(package)):
        # Here, because Alembic is large and slow to load, and a database that is used is up to date nearly always.
        from shared.migrate import upgrade

        await upgrade(database, package)
