"""Making a fictional county or province."""

import argparse
from datetime import date
from pathlib import Path

from rich.console import Console

from services.commands import Answer
from services.generator import generate
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say how large it is, and where it goes."""
    parser.add_argument("--schools", type=int, required=True)
    parser.add_argument("--cooperatives", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--week-start", type=date.fromisoformat, default=date(2026, 11, 30))


def run(options: argparse.Namespace, _settings: Settings) -> Answer:
    """Write its files."""
    with Console(stderr=True).status("generating"):
        generate(options.schools, options.cooperatives, options.seed, options.out, week_start=options.week_start)
    return Answer({"directory": str(options.out)}, [f"made in {options.out}"])
