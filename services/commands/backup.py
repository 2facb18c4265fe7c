"""Backing up everything as of one moment, while it runs."""

import argparse
from pathlib import Path

from services.backups import noting
from services.backups.backup import back_up
from services.commands import Answer
from services.commands.acting import recorded
from shared.clock import SystemClock
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say where to."""
    parser.add_argument("directory", type=Path, help="a new folder")
    recorded(parser, dry_run=False)


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Write the backup, note in each database how that ended, and say what it does not hold."""
    began_at = SystemClock().now()
    try:
        made = await back_up(settings, options.directory)
    except Exception as error:
        await noting.note(settings, options, began_at, str(error) or type(error).__name__)
        raise
    unnoted = await noting.note(settings, options, began_at)
    lines = [
        f"{len(made.files)} files as of {made.made_at}",
        "The keys (CLOUD_SECRET_KEYS) are not among them: keep them, and keep them apart.",
        *(f"The database of {name} does not know of it: {why}" for name, why in unnoted.items()),
    ]
    return Answer({"made_at": made.made_at, "files": made.files, "unnoted": unnoted}, lines)
