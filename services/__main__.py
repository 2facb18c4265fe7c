"""`python -m services COMMAND`: the demo, sample data, loading, migrations, topics, keys, dead letters, proofs.

Without a command it serves all services in one process on SQLite and the embedded bus.
"""

import argparse
import importlib
from datetime import date
from pathlib import Path

from services.commands import DATABASES
from shared.messaging.bus import SERVICES
from shared.settings import Settings
from shared.telemetry import log_as_json


def main(arguments: list[str] | None = None) -> None:
    """Run one command; nothing is imported for the others."""
    options = _parser().parse_args(arguments)
    settings = Settings()
    log_as_json(settings.log_level)
    importlib.import_module(f"services.commands.{options.command}").run(options, settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    parser.set_defaults(command="serve")
    commands = parser.add_subparsers()

    demo = commands.add_parser("demo", help="live through a sample county's school week, then serve it")
    demo.add_argument("--once", action="store_true", help="do not serve afterwards")
    demo.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    demo.add_argument("--county", type=Path, help="a generated directory; default: the sample county")
    demo.set_defaults(command="demo")

    make = commands.add_parser("generate", help="make a fictional county or province")
    make.add_argument("--schools", type=int, required=True)
    make.add_argument("--cooperatives", type=int, required=True)
    make.add_argument("--seed", type=int, required=True)
    make.add_argument("--out", type=Path, required=True)
    make.add_argument("--week-start", type=date.fromisoformat, default=date(2026, 11, 30))
    make.set_defaults(command="generate")

    loading = commands.add_parser("load", help="load a generated directory")
    loading.add_argument("directory", type=Path)
    loading.add_argument(
        "--at", help="a running system: its address, or service=address,… ; default: the files under var"
    )
    loading.set_defaults(command="load")

    up = commands.add_parser("migrate", help="bring databases to the newest step")
    up.add_argument("services", nargs="*", choices=[*DATABASES, []], help="default: all")
    up.set_defaults(command="migrate")

    commands.add_parser("topics", help="create the topics that are missing").set_defaults(command="topics")

    _add_care(commands)
    return parser


def _add_care(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add what looks after a running system."""
    proof = commands.add_parser("verify-ledger", help="prove the ledger's hash chains, and reports by its rows")
    proof.add_argument("--county", metavar="CODE", help="default: every county")
    proof.set_defaults(command="verify_ledger")

    trail = commands.add_parser("verify-audit", help="prove the chains of who did what")
    trail.add_argument("services", nargs="*", choices=[*DATABASES, "identity", []], help="default: all")
    trail.set_defaults(command="verify_audit")

    keys = commands.add_parser("rotate-keys", help="seal everything anew with the first of CLOUD_SECRET_KEYS")
    keys.add_argument("services", nargs="*", choices=[*DATABASES, []], help="default: all")
    keys.add_argument("--check", action="store_true", help="change nothing; prove that the first key opens everything")
    keys.set_defaults(command="rotate_keys")

    letters = commands.add_parser("dead-letters", help="list a service's dead letters, or replay them")
    letters.add_argument("service", choices=SERVICES)
    letters.add_argument("--replay", metavar="ID", help="the number of a dead letter, or 'all'")
    letters.set_defaults(command="dead_letters")


if __name__ == "__main__":
    main()
