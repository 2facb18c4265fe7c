"""One tool for whoever looks after a county. Without a command it serves all services in one process, on SQLite.

Every command takes --json, and ends with 0: all is well; 1: something is not, or a rule refused it; 2: it was asked
wrongly; 3: a database or the broker does not answer. What cannot be undone asks first, and takes --yes and --dry-run.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence

from services.commands.answering import carry_out

COMMANDS = {
    "serve": "serve all services in one process (also what happens without a command)",
    "demo": "live through a sample county's school week, then serve it",
    "generate": "make a fictional county or province",
    "load": "load a generated directory",
    "migrate": "bring databases to the newest step",
    "topics": "create the topics that are missing",
    "status": "say of each service whether it works: database, migrations, outbox, lag, dead letters, parked events",
    "dead-letters": "list, show, replay or drop events that could not be handled",
    "parked": "list events that wait for what they need, or try them now",
    "rebuild": "build a copy again that a service keeps of what another owns",
    "rerun": "source a county's week again",
    "erase": "forget who a household is, on its request",
    "export": "hand a county over: all its rows, a file for each table",
    "users": "list, add, lock and unlock users of the embedded issuer, and let them set passwords",
    "clients": "list, add, lock and unlock programs that act by themselves at the embedded issuer",
    "signing-key": "make the embedded issuer's next signing key",
    "verify-ledger": "prove the ledger's hash chains, and reports by its rows",
    "verify-audit": "prove the chains of who did what",
    "backup": "copy everything as of one moment, while it runs",
    "restore": "put a backup back, where nothing is and nothing runs",
    "rotate-keys": "seal everything anew with the first of CLOUD_SECRET_KEYS",
}
"""The commands, in the order the help lists them; `services/commands/` has a module for each."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Carry out one command; nothing is imported for the others."""
    sys.exit(carry_out(parse(sys.argv[1:] if arguments is None else arguments)))


class _Help(argparse.RawDescriptionHelpFormatter):
    """Room for the names of commands, and for what they do."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=20, width=120)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what was asked for; only the parser of the command that is asked for is filled."""
    parser, _ = _parsers(next((each for each in arguments if not each.startswith("-")), None))
    # Wherever it stands: a command's verbs have parsers of their own.
    options = parser.parse_args([each for each in arguments if each != "--json"])
    options.json = "--json" in arguments
    return options


def parser_of(command: str) -> argparse.ArgumentParser:
    """Return the parser of a command, with what the command is told."""
    return _parsers(command)[1][command]


def _parsers(asked: str | None) -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__, formatter_class=_Help)
    parser.set_defaults(module="serve", json=False)
    commands = parser.add_subparsers(metavar="COMMAND")
    made = {}
    for name, words in COMMANDS.items():
        made[name] = command = commands.add_parser(name, help=words, description=words.capitalize() + ".")
        module = name.replace("-", "_")
        if name == asked:
            importlib.import_module(f"services.commands.{module}").arguments(command)
        command.add_argument("--json", action="store_true", help="answer with one JSON object")
        command.set_defaults(module=module)
    return parser, made


if __name__ == "__main__":
    main()
