"""Putting a backup back."""

import argparse
from collections import Counter
from pathlib import Path

from services.backups.restore import restore
from services.commands import Answer
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say where from."""
    parser.add_argument("directory", type=Path, help="a backup's folder")


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Restore into what is empty, and say what was told since, which is gone, and what to do next."""
    done = await restore(settings, options.directory)
    gone = Counter(done.passed_over.values())
    lines = [
        f"As of {done.manifest.made_at}. Told since, and passed over: {gone.total():,} events",
        *(f"  {count:,} {kind}" for kind, count in sorted(gone.items())),
        "Next: topics, migrate, verify-ledger, verify-audit; then start the services.",
    ]
    return Answer({"made_at": done.manifest.made_at, "passed_over": gone}, lines)
