"""Migrations without ini files: one Alembic history per service, run from code on SQLite and PostgreSQL alike.

`python -m shared.migrate revision SERVICE "what changed"` writes the next step from the difference between the models
and a freshly migrated SQLite database; read it before you commit it.
"""

import asyncio
import importlib
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine
from sqlalchemy.exc import DBAPIError

from shared.database import NAMING, Database

HELD_UP_MS = 2_000
"""How long a step may wait for a table: so long do requests that come after it wait, too."""
AGAIN_S = 1.0
PATIENCE_S = 900.0
_NOT_AVAILABLE = "55P03"
"""The SQLSTATE of a lock that could not be had in time."""
_NAMED = MetaData(naming_convention=NAMING)
"""All that steps need to know of the tables they make: how what has no name is called."""


def _config(package: str, metadata: MetaData, connection: Connection | None) -> Config:
    module = importlib.import_module(package)
    config = Config()
    config.set_main_option("script_location", str(Path(str(module.__file__)).parent))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def run_environment(context: Any) -> None:
    """What every service's `migrations/env.py` calls: run the steps on the connection we were given."""
    attributes = context.config.attributes
    connection: Connection = attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=attributes["metadata"],
        render_as_batch=True,
        transaction_per_migration=False,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def upgrade(database: Database, package: str, patience_s: float = PATIENCE_S) -> None:
    """Bring a database to the newest step of a package; on PostgreSQL one replica at a time.

    Nothing of the service but its steps is imported. A step that cannot have its tables soon is undone, with those
    before it, and tried again: whoever comes after it would wait with it. Raises DBAPIError after `patience_s`.
    """

    def run(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(16011, -1)")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {HELD_UP_MS}")
        command.upgrade(_config(package, _NAMED, connection), "head")

    until = time.monotonic() + patience_s
    while True:
        try:
            await database.run_sync(run)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _NOT_AVAILABLE or time.monotonic() > until:
                raise
        else:
            return
        await asyncio.sleep(AGAIN_S)


async def differences(database: Database, definition: Any) -> list[Any]:
    """Return what the models have and the migrated database lacks, or the other way round."""

    def compare(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, definition.metadata))

    return list(await database.run_sync(compare))


def _revision(service: str, message: str) -> None:
    definition = importlib.import_module(f"services.{service}.main").definition
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/new.sqlite")
        with engine.begin() as connection:
            command.upgrade(_config(definition.migrations, definition.metadata, connection), "head")
        with engine.begin() as connection:
            config = _config(definition.migrations, definition.metadata, connection)
            number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["revision", service_name, change]:
            _revision(service_name, change)
        case _:
            sys.exit('usage: python -m shared.migrate revision SERVICE "what changed"')
