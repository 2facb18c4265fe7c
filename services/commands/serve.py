"""All services in one process on SQLite and the embedded bus."""

import argparse

from services.identity.starting import first_link, greeting
from services.together import Together
from shared.collector import collect_seldom
from shared.service import Service
from shared.settings import Settings
from shared.standalone import listen


def arguments(_parser: argparse.ArgumentParser) -> None:
    """It is told nothing but by its settings."""


def run(_options: argparse.Namespace, settings: Settings) -> None:
    """Serve until told to stop."""
    app = Together(settings, greet=_greet).app()
    collect_seldom()
    listen(app, settings)


async def _greet(issuer: Service) -> None:
    """Show the first administrator's link, once and on the console only: logs are kept and read."""
    if (link := await first_link(issuer)) is not None:
        print(greeting(link), flush=True)
