"""Putting a backup back."""

import argparse
from collections import Counter
from pathlib import Path

from services.backups.noting import note_restored
from services.backups.restore import could_restore, restore
from services.commands import Answer
from services.commands.acting import done_or_tried, recorded
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say where from."""
    parser.add_argument("directory", type=Path, help="a backup's folder")
    recorded(parser)


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Restore into what is empty, and say what was told since, which is gone, and what to do next.

    Who did it, and as of when, is in each audit. Tried only, the backup and the place for it are looked at.
    """
    if options.dry_run:
        found = await could_restore(settings, options.directory)
        words = done_or_tried(options, f"the backup of {found.made_at} is whole, and nothing is in its way")
        return Answer({"made_at": found.made_at, "dry_run": True}, [words])
    done = await restore(settings, options.directory)
    unnoted = await note_restored(settings, options, done.manifest.made_at)
    gone = Counter(done.passed_over.values())
    lines = [
        f"As of {done.manifest.made_at}. Told since, and passed over: {gone.total():,} events",
        *(f"  {count:,} {kind}" for kind, count in sorted(gone.items())),
        *(f"The database of {name} does not know of it: {why}" for name, why in unnoted.items()),
        "Next: topics, migrate, verify-ledger, verify-audit; then start the services.",
    ]
    data = {"made_at": done.manifest.made_at, "passed_over": gone, "unnoted": unnoted, "dry_run": False}
    return Answer(data, lines)
