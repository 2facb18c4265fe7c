"""Proving the chains of who did what."""

import argparse
from collections.abc import Sequence

from services.commands import DATABASES, ISSUER, Answer, named
from services.commands.opening import every_one, require_database
from shared.audit.domain import Broken, Link
from shared.audit.linking import verify_all, words_of
from shared.chain import Verified
from shared.database import database_of
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say whose."""
    parser.add_argument("services", nargs="*", choices=[*DATABASES, ISSUER, []], help="default: all")


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Say of each service's chain whether it holds."""
    verified = await verify(settings, named(settings, options.services, every_one(settings)))
    found = {
        service: {
            "holds": trail.broken is None,
            "links": trail.links,
            "last_hash": trail.last.hash if trail.last else None,
            "text": words_of(trail),
        }
        for service, trail in verified.items()
    }
    lines = [f"{service}: {each['text']}" for service, each in found.items()]
    return Answer({"services": found}, lines, well=all(trail.broken is None for trail in verified.values()))


async def verify(settings: Settings, services: Sequence[str]) -> dict[str, Verified[Link, Broken]]:
    """Walk the chains of services; returns what was found of each."""
    verified = {}
    for service in services:
        require_database(settings, service)
        database = database_of(settings, service)
        try:
            verified[service] = await verify_all(database)
        finally:
            await database.close()
    return verified
