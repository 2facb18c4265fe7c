"""Changing the keys that seal private data, for every service that seals (decision 46)."""

import argparse
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import Progress

from services.commands import DATABASES, Answer, named
from services.commands.acting import done_or_tried, record, recorded
from services.commands.opening import opened
from services.together import DEFINITIONS, IDENTITY, PORTAL
from shared.database import Database, database_of
from shared.messaging.bus import SERVICES
from shared.resealing import Batch, Sealed, count, prove, reseal, try_to_reseal
from shared.sealing import Sealer, open_sealer
from shared.service import Definition
from shared.settings import Settings

MOST_SHOWN = 50

Walk = Callable[[Database, Sealed, Sealer], AsyncIterator[Batch]]


@dataclass(slots=True)
class Changed:
    """What came of it, in words, of how many texts of which service, and where texts are that do not open."""

    text: str = ""
    of: dict[str, int] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)

    @property
    def texts(self) -> int:
        """How many texts were looked at."""
        return sum(self.of.values())


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say whose, and whether it is only looked at."""
    parser.add_argument("services", nargs="*", choices=[*DATABASES, []], help="default: all")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; prove that the first key opens everything"
    )
    recorded(parser)


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Change the keys, or prove that the first opens everything; it is not well where something does not open.

    Whoever changes them is in the audit of each service that had something to seal anew.
    """
    services = named(settings, options.services, DATABASES if settings.database_each else SERVICES)
    with Progress(console=Console(stderr=True)) as bar:
        change = check_keys if options.check else try_to_rotate if options.dry_run else rotate_keys
        changed = await change(settings, services, bar)
    if not options.check:
        changed.text = done_or_tried(options, changed.text)
        await _record(settings, options, changed)
    closed = [f"does not open: {place}" for place in changed.closed[:MOST_SHOWN]]
    data = {"texts": changed.texts, "closed": changed.closed, "dry_run": options.dry_run}
    return Answer(data, [changed.text], wrong=closed, well=not changed.closed)


async def _record(settings: Settings, options: argparse.Namespace, changed: Changed) -> None:
    key_id = open_sealer(settings).key_id
    for name, texts in changed.of.items():
        if texts:
            said = {"key_id": key_id, "texts": texts}
            async with opened(settings, name) as service:
                await record(service, options, "rotate-keys", said)


async def rotate_keys(settings: Settings, services: Collection[str], bar: Progress) -> Changed:
    """Seal everything anew that is not sealed with the first key. It may be stopped, and goes on where it was."""
    return await _rotate(settings, services, bar, reseal)


async def try_to_rotate(settings: Settings, services: Collection[str], bar: Progress) -> Changed:
    """Say what would be sealed anew, and what would not open; nothing is changed."""
    return await _rotate(settings, services, bar, try_to_reseal)


async def _rotate(settings: Settings, services: Collection[str], bar: Progress, walk: Walk) -> Changed:
    sealer = open_sealer(settings)
    done = await _walk(settings, services, bar, sealer, walk, sealer.key_id)
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
                task = bar.add_task(f"{definition.name} {sealed.name}", total=total, visible=total > 0)
                async for batch in walk(database, sealed, sealer):
                    done.of[definition.name] = done.of.get(definition.name, 0) + batch.texts
                    done.closed += batch.closed
                    bar.advance(task, batch.texts)
        finally:
            await database.close()
    return done
