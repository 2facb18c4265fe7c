"""All services in one process on SQLite and the embedded bus."""

import argparse

from services.together import Together
from shared.collector import collect_seldom
from shared.settings import Settings
from shared.standalone import listen


def run(_options: argparse.Namespace, settings: Settings) -> None:
    """Serve until told to stop."""
    app = Together(settings).app()
    collect_seldom()
    listen(app, settings)
