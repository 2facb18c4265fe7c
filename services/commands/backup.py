"""Backing up everything as of one moment, while it runs."""

import argparse
from pathlib import Path

from services.backups.backup import back_up
from services.commands import Answer
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say where to."""
    parser.add_argument("directory", type=Path, help="a new folder")


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Write the backup, and say what it does not hold."""
    made = await back_up(settings, options.directory)
    lines = [
        f"{len(made.files)} files as of {made.made_at}",
        "The keys (CLOUD_SECRET_KEYS) are not among them: keep them, and keep them apart.",
    ]
    return Answer({"made_at": made.made_at, "files": made.files}, lines)
