"""Proving the chains of who did what."""

import argparse
import sys
from collections.abc import Sequence

import uvloop

from services.commands import DATABASES
from shared.audit.domain import Broken, Link
from shared.audit.linking import verify_all, words_of
from shared.chain import Verified
from shared.database import database_of
from shared.settings import Settings

ISSUER = "identity"


def run(options: argparse.Namespace, settings: Settings) -> None:
    """Say of each service's chain whether it holds; exit status 1 where one does not."""
    verified = uvloop.run(verify(settings, options.services or chained(settings)))
    for service, trail in verified.items():
        print(f"{service}: {words_of(trail)}")
    sys.exit(0 if all(trail.broken is None for trail in verified.values()) else 1)


def chained(settings: Settings) -> list[str]:
    """Return the services that have a chain here: those that run anywhere, and the issuer of the embedded set-up."""
    issuer = settings.database_url is None and (settings.var / f"{ISSUER}.sqlite").exists()
    return [*DATABASES, ISSUER] if issuer else list(DATABASES)


async def verify(settings: Settings, services: Sequence[str]) -> dict[str, Verified[Link, Broken]]:
    """Walk the chains of services; returns what was found of each."""
    verified = {}
    for service in services:
        database = database_of(settings, service)
        try:
            verified[service] = await verify_all(database)
        finally:
            await database.close()
    return verified
