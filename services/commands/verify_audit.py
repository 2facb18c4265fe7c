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


def run(options: argparse.Namespace, settings: Settings) -> None:
    """Say of each service's chain whether it holds; exit status 1 where one does not."""
    verified = uvloop.run(_verify(settings, options.services or DATABASES))
    for service, trail in verified.items():
        print(f"{service}: {words_of(trail)}")
    sys.exit(0 if all(trail.broken is None for trail in verified.values()) else 1)


async def _verify(settings: Settings, services: Sequence[str]) -> dict[str, Verified[Link, Broken]]:
    verified = {}
    for service in services:
        database = database_of(settings, service)
        try:
            verified[service] = await verify_all(database)
        finally:
            await database.close()
    return verified
