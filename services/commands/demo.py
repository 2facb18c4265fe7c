"""Living through a sample county's school week, then serving it."""

import argparse
import json
from pathlib import Path

import uvloop
from rich.console import Console

from services.demo import play
from services.demo.report import show
from shared.collector import collect_seldom
from shared.messaging.bus import SERVICES
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say whether it is served, and which county is lived through."""
    parser.add_argument("--once", action="store_true", help="do not serve afterwards")
    parser.add_argument("--county", type=Path, help="a generated directory; default: the sample county")


def run(options: argparse.Namespace, settings: Settings) -> None:
    """Play the week, print its figures, and serve what came of it unless it is to be played only."""
    console = Console(stderr=options.json)
    collect_seldom()
    figures = uvloop.run(play.play(settings, console, options.county or play.COUNTY))
    if options.json:
        print(json.dumps(figures))
    else:
        show(console, figures)
    if not options.once:
        where = f"http://{settings.host}:{settings.port}"
        console.print(
            f"Look around: {where}/ and {', '.join(f'{where}/{name}/docs' for name in SERVICES)}. Ctrl-C ends."
        )
        play.serve(settings, console, options.county or play.COUNTY)
