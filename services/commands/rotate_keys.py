"""Changing the keys that seal private data, for every service that seals (decision 46)."""

import argparse
import sys
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field

import uvloop
from rich.console import Console
from rich.progress import Progress

from services.together import DEFINITIONS, IDENTITY, PORTAL
from shared.database import Database, database_of
from shared.messaging.bus import SERVICES
from shared.resealing import Batch, Sealed, count, prove, reseal
from shared.sealing import Sealer, open_sealer
from shared.service import Definition
from shared.settings import Settings

MOST_SHOWN = 50

Walk = Callable[[Database, Sealed, Sealer], AsyncIterator[Batch]]


@dataclass(slots=True)
class Changed:
    """What came of it, in words, and where texts are that do not open."""

    text: str = ""
    texts: int = 0
    closed: list[str] = field(default_factory=list)


def run(options: argparse.Namespace, settings: Settings) -> None:
    """Change the keys, or prove that the first opens everything; exit status 1 where something does not open."""
    with Progress(console=Console(stderr=True)) as bar:
        change = check_keys if options.check else rotate_keys
        changed = uvloop.run(change(settings, options.services or SERVICES, bar))
    for place in changed.closed[:MOST_SHOWN]:
        print(f"does not open: {place}", file=sys.stderr)
    print(changed.text)
    sys.exit(1 if changed.closed else 0)


async def rotate_keys(settings: Settings, services: Collection[str], bar: Progress) -> Changed:
    """Seal everything anew that is not sealed with the first key. It may be stopped, and goes on where it was."""
    sealer = open_sealer(settings)
    done = await _walk(settings, services, bar, sealer, reseal, sealer.key_id)
    done.text = f"{done.texts - len(done.closed):,} texts sealed anew with {sealer.key_id}"
    return done


async def check_keys(settings: Settings, services: Collection[str], bar: Progress) -> Changed:
    """Open everything with the first key alone: where nothing fails, no other is needed."""
    sealer = open_sealer(settings).alone()
    done = await _walk(settings, services, bar, sealer, prove, None)
    done.text = f"{done.texts - len(done.closed):,} of {done.texts:,} texts open with {sealer.key_id} alone"
    return done


def _sealing(settings: Settings, services: Collection[str]) -> list[Definition]:
    """Return what seals; of the embedded default also its issuer and portal, where they were ever started."""
    found = [each for each in (*DEFINITIONS, PORTAL) if each.name in services and each.sealed]
    if settings.database_url is not None:
        return found
    beside = [IDENTITY, PORTAL] if set(services) == set(SERVICES) else []
    return [*found, *(each for each in beside if (settings.var / f"{each.name}.sqlite").exists())]


async def _walk(
    settings: Settings, services: Collection[str], bar: Progress, sealer: Sealer, walk: Walk, key_id: str | None
) -> Changed:
    done = Changed()
    for definition in _sealing(settings, services):
        database = database_of(settings, definition.name)
        try:
            for sealed in definition.sealed:
                total = await count(database, sealed, key_id)
                task = bar.add_task(f"{definition.name} {sealed.name}", total=total)
                async for batch in walk(database, sealed, sealer):
                    done.texts += batch.texts
                    done.closed += batch.closed
                    bar.advance(task, batch.texts)
        finally:
            await database.close()
    return done
