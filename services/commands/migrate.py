"""Bringing databases to the newest step. Needs the steps only: nothing of a service is imported."""

import argparse

from services.commands import DATABASES, Answer, aligned, named
from shared import steps
from shared.database import database_of
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say whose databases."""
    parser.add_argument("services", nargs="*", choices=[*DATABASES, []], help="default: all")


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Migrate the services named, or all."""
    at = {}
    for service in named(settings, options.services, DATABASES):
        database = database_of(settings, service)
        package = f"services.{service}.migrations"
        try:
            await steps.bring_up_to_date(database, package)
        finally:
            await database.close()
        at[service] = steps.newest(package)
    return Answer({"services": at}, aligned([[name, f"at step {step}"] for name, step in at.items()]))
