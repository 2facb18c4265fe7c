"""Migrated databases that new ones are copied from: to copy one takes milliseconds, to migrate one takes seconds."""

import asyncio
import atexit
import shutil
import tempfile
from pathlib import Path
from uuid import uuid4

from sqlalchemy.engine import URL, make_url

from shared import migrate
from shared.database import open_database
from shared.service import Service
from tools.servers.postgres import fetch_value, server_of

_folder = tempfile.TemporaryDirectory()
_files: dict[str, Path] = {}
_databases: dict[tuple[str, str], str] = {}
"""Templates by package of migrations, on PostgreSQL by server, too."""
atexit.register(_folder.cleanup)


async def bring_up_to_date(service: Service) -> None:
    """Bring a service's database to the newest step; a new one becomes a copy of one that is there."""
    url = make_url(service.settings.database_of(service.name))
    package = service.definition.migrations
    if url.get_backend_name() == "sqlite":
        if not _is_there(url):
            shutil.copyfile(await _file_of(package), str(url.database))
            return
    elif await fetch_value(url, "SELECT to_regclass('alembic_version')::text") is None:
        await _copy(package, url)
        return
    await migrate.upgrade(service.database, package)


def _is_there(url: URL) -> bool:
    return Path(str(url.database)).exists()


async def _file_of(package: str) -> Path:
    if package not in _files:
        template = Path(_folder.name) / f"{package}.sqlite"
        await _migrated(f"sqlite:///{template}", package)
        _files[package] = template
    return _files[package]


async def _copy(package: str, url: URL) -> None:
    """Make an empty PostgreSQL database anew, from the template of its package."""
    server = server_of(url)
    key = (package, server.dsn)
    if key not in _databases:
        name = f"template_{uuid4().hex}"
        await _migrated(await asyncio.to_thread(server.create_database, name), package)
        _databases[key] = name
    await asyncio.to_thread(server.drop_database, str(url.database))
    await asyncio.to_thread(server.create_database, str(url.database), _databases[key])


async def _migrated(url: str, package: str) -> None:
    database = open_database(url)
    try:
        await migrate.upgrade(database, package)
    finally:
        await database.close()
