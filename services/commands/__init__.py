"""The commands of `python -m services`, a module each, imported when it is asked for.

A module has `arguments(parser)`, which adds what the command is told, and `run(options, settings)`, which carries it
out and returns an `Answer`, or None where it has said all there is to say. `run` may be a coroutine function.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.errors import DomainError
from shared.messaging.bus import SERVICES
from shared.settings import Settings

DATABASES = (*SERVICES, "portal")
"""What has a database that commands look after; the portal hears and tells nothing, so the bus does not know it."""
ISSUER = "identity"
"""The issuer of the embedded set-up has one, too."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command did or found: `data` for programs (`--json`), `lines` for people.

    It is not `well` where somebody has to look, and `wrong` says at what.
    """

    data: Mapping[str, Any]
    lines: Sequence[str] = ()
    wrong: Sequence[str] = field(default_factory=tuple)
    well: bool = True


def aligned(rows: Sequence[Sequence[object]]) -> list[str]:
    """Return rows as lines, each column as wide as its widest cell."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def named(settings: Settings, asked: Sequence[str], otherwise: Sequence[str]) -> list[str]:
    """Return the services asked for, or else the others.

    Raises DomainError `service-not-named` where the settings lead to one database and several services were meant.
    """
    names = list(asked) or list(otherwise)
    if len(names) > 1 and settings.database_url is not None and not settings.database_each:
        raise DomainError(
            "service-not-named",
            "CLOUD_DATABASE_URL leads to one database: name its service, or write {service} where its name stands",
        )
    return names
