"""Opening a service's parts for a command, beside the service while it runs."""

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from services.commands import DATABASES, ISSUER
from shared.clock import SystemClock
from shared.errors import DomainError
from shared.service import Definition, Service
from shared.settings import Settings
from shared.standalone import open_bus


class NoDatabase(DomainError):
    """A service's database was never made."""

    def __init__(self, name: str, place: object) -> None:
        super().__init__("no-database", f"{name} has none at {place}; `python -m services migrate` makes it")


def definition_of(name: str) -> Definition:
    """Return what a service is made of."""
    definition: Definition = importlib.import_module(f"services.{name}.main").definition
    return definition


def every_one(settings: Settings) -> list[str]:
    """Return what has a database here: the services, and the issuer where it was ever started."""
    issuer = settings.database_url is None and (settings.var / f"{ISSUER}.sqlite").exists()
    return [*DATABASES, ISSUER] if issuer else list(DATABASES)


def require_database(settings: Settings, name: str) -> None:
    """Raise NoDatabase where there is no file yet: to open one would make it."""
    url = make_url(settings.database_of(name))
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        raise NoDatabase(name, url.database)


@asynccontextmanager
async def opened(settings: Settings, name: str) -> AsyncIterator[Service]:
    """Open a service for its use cases; nothing of it runs by itself. What it tells, the running one publishes.

    Raises NoDatabase.
    """
    require_database(settings, name)
    service = Service(definition_of(name), settings, open_bus(settings, f"{name}-command"), SystemClock())
    try:
        yield service
    finally:
        await service.stop()
        await service.bus.close()
        service.workers.close()
