"""All services in one process on SQLite and the embedded bus."""

import argparse
from datetime import UTC, datetime

from services.identity.starting import first_link, greeting
from services.together import Together
from shared.clock import RunningClock, SystemClock
from shared.collector import collect_seldom
from shared.service import Service
from shared.settings import Settings
from shared.standalone import listen


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what time it is; all else is told by the settings."""
    parser.add_argument(
        "--clock",
        type=_instant,
        metavar="INSTANT",
        help="for trying out: the clock begins here, as 2026-11-30T09:00:00+08:00",
    )


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant has its zone")
    return instant.astimezone(UTC)


def run(options: argparse.Namespace, settings: Settings) -> None:
    """Serve until told to stop."""
    started = getattr(options, "clock", None)  # without a command nothing is parsed for this one
    app = Together(settings, RunningClock(started) if started else SystemClock(), greet=_greet).app()
    collect_seldom()
    listen(app, settings)


async def _greet(issuer: Service) -> None:
    """Show the first administrator's link, once and on the console only: logs are kept and read."""
    if (link := await first_link(issuer)) is not None:
        print(greeting(link), flush=True)
