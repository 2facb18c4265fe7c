"""Restoring: databases as they were, and the topics heard from there on."""

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from services.backups import files, manifest, postgres, topics
from services.backups.manifest import Manifest
from services.commands import DATABASES
from shared.messaging.bus import SERVICES
from shared.settings import Settings

_HANDLED = "SELECT event_id FROM inbox WHERE event_id = ANY($1)"
_NOTE_AS_HANDLED = """
INSERT INTO inbox (event_id, received_at) SELECT unnest($1::text[]), now() ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: the backup's manifest, and the types of the events told since, by id, that are passed over."""

    manifest: Manifest
    passed_over: Mapping[str, str]


async def could_restore(settings: Settings, folder: Path) -> Manifest:
    """Look whether a backup is what was written, and nothing is there that it would write over; change nothing.

    Raises ValueError where it is not so.
    """
    found = manifest.read_checked(folder)
    if settings.database_url is None:
        _require_nothing(settings)
        for path in _copies(folder):
            files.require_sound(path)
    else:
        await postgres.require_empty(postgres.addresses(settings, DATABASES), settings.database_ca)
    return found


async def restore(settings: Settings, folder: Path) -> Restored:
    """Put a backup back, with no service running and nothing there to be written over.

    Raises ValueError where something is there already, or where the backup is not what was written.
    """
    found = await could_restore(settings, folder)
    passed_over: Mapping[str, str] = {}
    if settings.database_url is None:
        _put_files(settings, folder)
    else:
        databases = postgres.addresses(settings, DATABASES)
        for name, url in databases.items():
            await postgres.restore(url, folder / f"{name}.dump", settings.database_ca)
        if settings.bus == "kafka":
            passed_over = await _hear_again(settings, databases, found)
    if (folder / "files").is_dir() and settings.s3_bucket is None:
        files.copy_attached(folder / "files", settings.files or settings.var / "files")
    return Restored(found, passed_over)


def _require_nothing(settings: Settings) -> None:
    present = sorted(settings.var.glob("*.sqlite*"))
    if present:
        raise ValueError(f"{present[0]} is there already; move it away first")


def _copies(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.sqlite"))


def _put_files(settings: Settings, folder: Path) -> None:
    settings.var.mkdir(parents=True, exist_ok=True)
    for path in _copies(folder):
        shutil.copyfile(path, settings.var / path.name)


async def _hear_again(settings: Settings, databases: Mapping[str, URL], found: Manifest) -> dict[str, str]:
    """Let every group go on from where it was, and pass over what was told since; returns that by id.

    What waited as of the backup, to be published or to be read, may have been published since: it is not passed over.
    """
    waiting = await _waiting(databases, settings.database_ca)
    unread = topics.told_between(settings, topics.least(found.read.values()), found.ends)
    waiting |= {event_id async for event_id, _ in unread}
    since = {each: kind async for each, kind in topics.told_between(settings, found.ends) if each not in waiting}
    async with AsyncExitStack() as stack:
        connections = [await postgres.connect(stack, databases[name], settings.database_ca) for name in SERVICES]
        for connection in connections:
            # Told again since, and handled before.
            for (known,) in await connection.fetch(_HANDLED, list(since)):
                since.pop(known, None)
        for connection in connections:
            await connection.execute(_NOTE_AS_HANDLED, list(since))
    await topics.rewind(settings, found)
    return since


async def _waiting(databases: Mapping[str, URL], ca: Path | None) -> set[str]:
    """Return the ids of the events in all outboxes."""
    ids: set[str] = set()
    async with AsyncExitStack() as stack:
        for url in databases.values():
            connection = await postgres.connect(stack, url, ca)
            for (headers,) in await connection.fetch("SELECT headers::text FROM outbox"):
                ids.update(_event_ids(json.loads(headers)))
    return ids


def _event_ids(headers: Sequence[Sequence[str]]) -> list[str]:
    return [value for name, value in headers if name == "ce_id"]
