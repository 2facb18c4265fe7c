"""Bringing databases to the newest step. Needs the steps only: nothing of a service is imported."""

import argparse
from collections.abc import Sequence

import uvloop

from services.commands import DATABASES
from shared import steps
from shared.database import database_of
from shared.settings import Settings


def run(options: argparse.Namespace, settings: Settings) -> None:
    """Migrate the services named, or all."""
    uvloop.run(_migrate_all(settings, options.services or DATABASES))


async def _migrate_all(settings: Settings, services: Sequence[str]) -> None:
    for service in services:
        database = database_of(settings, service)
        try:
            await steps.bring_up_to_date(database, f"services.{service}.migrations")
        finally:
            await database.close()
