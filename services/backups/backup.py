"""Backing up: everything as of one moment, while it runs."""

from contextlib import AsyncExitStack
from pathlib import Path

from services.backups import files, manifest, postgres, topics
from services.backups.manifest import Manifest, Places
from services.commands import DATABASES
from shared.settings import Settings


async def back_up(settings: Settings, folder: Path) -> Manifest:
    """Write a backup into a new folder. Raises ValueError for one that is there, or where nothing is to be backed up.

    Keys are never in it: without them nothing that is sealed opens, and that is what they are for.
    """
    _begin(folder)
    ends: Places = {}
    read: dict[str, Places] = {}
    if settings.database_url is None:
        found = list(settings.var.glob("*.sqlite"))
        if not found:
            raise ValueError(f"there are no databases under {settings.var}")
        files.copy_databases(found, folder)
    else:
        # What groups had committed before is handled in what is dumped after.
        read = await topics.read_by_groups(settings) if settings.bus == "kafka" else {}
        ends = await _dump(settings, folder)
    if settings.s3_bucket is None:
        files.copy_attached(settings.files or settings.var / "files", folder / "files")
    return manifest.write(folder, ends, read)


def _begin(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True)


async def _dump(settings: Settings, folder: Path) -> Places:
    databases = postgres.addresses(settings, DATABASES)
    async with AsyncExitStack() as stack:
        async with postgres.told_nothing(databases, settings.database_ca):
            snapshots = {
                name: await postgres.take_snapshot(stack, url, settings.database_ca) for name, url in databases.items()
            }
            ends = await topics.ends_of(settings) if settings.bus == "kafka" else {}
        for name, url in databases.items():
            await postgres.dump(url, snapshots[name], folder / f"{name}.dump", settings.database_ca)
    return ends
