"""Proving the chains of who did what."""

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import replace

from services.commands import DATABASES, ISSUER, Answer, named
from services.commands.opening import every_one, require_database
from shared.audit.domain import Broken, Link
from shared.audit.linking import check_kept, verify_all, words_of
from shared.chain import Verified
from shared.database import database_of
from shared.errors import DomainError
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say whose."""
    parser.add_argument("services", nargs="*", choices=[*DATABASES, ISSUER, []], help="default: all")
    parser.add_argument(
        "--kept",
        metavar="NUMBER:HASH",
        type=link,
        help="a link of one service that somebody else kept: is it still so?",
    )


def link(text: str) -> tuple[int, str]:
    """Return the number and the hash of a link. Raises ValueError."""
    number, _, hashed = text.partition(":")
    if len(bytes.fromhex(hashed)) != hashlib.sha256().digest_size:
        raise ValueError(text)
    return int(number), hashed


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Say of each service's chain whether it holds, and of a link that was kept whether it is there."""
    if options.kept is not None and len(options.services) != 1:
        raise DomainError("service-not-named", "what was kept is a link of one chain: name its service")
    verified = await verify(settings, named(settings, options.services, every_one(settings)), options.kept)
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


async def verify(
    settings: Settings, services: Sequence[str], kept: tuple[int, str] | None = None
) -> dict[str, Verified[Link, Broken]]:
    """Walk the chains of services, and look for a link that was kept; returns what was found of each."""
    verified = {}
    for service in services:
        require_database(settings, service)
        database = database_of(settings, service)
        try:
            found = await verify_all(database)
            if kept is not None and found.broken is None:
                found = replace(found, broken=await check_kept(database, *kept))
            verified[service] = found
        finally:
            await database.close()
    return verified
