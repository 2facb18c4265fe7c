"""Making a fictional county or province."""

import argparse

from rich.console import Console

from services.generator import generate
from shared.settings import Settings


def run(options: argparse.Namespace, _settings: Settings) -> None:
    """Write its files."""
    with Console(stderr=True).status("generating"):
        generate(options.schools, options.cooperatives, options.seed, options.out, week_start=options.week_start)
