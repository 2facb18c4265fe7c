"""Acts of whoever runs a command: asked about first, recorded like those of a request, and undone when only tried."""

import argparse
import getpass
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table

from shared.audit import queries as audit
from shared.audit.domain import differences
from shared.audit.recording import act_of
from shared.auth.principal import Principal, Role
from shared.errors import DomainError
from shared.service import Service
from shared.unit_of_work import UnitOfWork

CLIENT = "python -m services"
_LONGEST_NAME = 64


@dataclass(slots=True)
class Acting:
    """An act on its way: the rows of its table with these primary keys are recorded as they were and as they become.

    `said` are its parameters, to which may be added what is known later.
    """

    uow: UnitOfWork
    said: dict[str, str]
    keys: set[tuple[Any, ...]] = field(default_factory=set)


class _Tried(Exception):
    """Ends a unit of work that was only tried."""


def recorded(parser: argparse.ArgumentParser, *, dry_run: bool = True) -> None:
    """Add what every command is told that changes something."""
    parser.add_argument(
        "--by", type=_name, default=_whoever(), help="who does it, for the audit (default: %(default)s)"
    )
    parser.set_defaults(dry_run=False)
    if dry_run:
        parser.add_argument("--dry-run", action="store_true", help="do everything and undo it: nothing is changed")


def asking(parser: argparse.ArgumentParser, *, dry_run: bool = True) -> None:
    """Add what a command is told that cannot be undone."""
    recorded(parser, dry_run=dry_run)
    parser.add_argument("--yes", action="store_true", help="do not ask")


def ask(options: argparse.Namespace, question: str) -> None:
    """Let whoever is there type yes. Raises DomainError `not-confirmed`."""
    if options.yes or options.dry_run:
        return
    print(question, "Type yes to go on: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip() != "yes":
        raise DomainError("not-confirmed", "nothing was changed; --yes says it beforehand")


@asynccontextmanager
async def acting(
    service: Service,
    options: argparse.Namespace,
    action: str,
    parameters: Mapping[str, object],
    table: Table | None = None,
    keys: Iterable[tuple[Any, ...]] = (),
) -> AsyncIterator[Acting]:
    """Open a unit of work whose act is recorded with it; with `--dry-run` all of it is undone.

    `action` is the command's words; keys of rows that it makes are added to those of the act.
    """
    who = Principal(options.by, frozenset({Role.SYSTEM}), client_id=CLIENT)
    said = {name: str(value) for name, value in parameters.items() if value is not None}
    with suppress(_Tried):
        async with service.begin() as uow:
            act = Acting(uow, said, set(keys))
            before = {} if table is None else await audit.rows_of(uow.session, table, act.keys)
            yield act
            after = {} if table is None else await audit.rows_of(uow.session, table, act.keys)
            changes = [] if table is None else differences(table.name, before, after)
            await audit.add(uow, act_of(uow, who, socket.gethostname()[:64], f"{CLIENT} {action}", said, changes))
            if options.dry_run:
                raise _Tried


async def record(service: Service, options: argparse.Namespace, action: str, parameters: Mapping[str, object]) -> None:
    """Record an act whose effect is not in the service's own rows, or was there before."""
    async with acting(service, options, action, parameters):
        pass


def done_or_tried(options: argparse.Namespace, words: str) -> str:
    """Return what was done in words, which say so where it was only tried."""
    return f"tried, nothing was changed: {words}" if options.dry_run else words


def _name(text: str) -> str:
    if not text.isprintable() or not 0 < len(text.strip()) <= _LONGEST_NAME:
        raise argparse.ArgumentTypeError(f"a name of 1 to {_LONGEST_NAME} characters")
    return text.strip()


def _whoever() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need have no name
        return f"uid-{os.getuid()}"
