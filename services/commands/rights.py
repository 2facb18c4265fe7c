"""What commands about users and about programs of the embedded issuer share: rights asked for, all read, in columns."""

import argparse
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from services.commands import aligned
from services.identity.rights import CLAIM, Rights
from shared.auth.principal import Role
from shared.routing import Paging

_PAGE = 1_000

T = TypeVar("T")


def rights_arguments(adding: argparse.ArgumentParser) -> None:
    """Ask what somebody is, and whose."""
    adding.add_argument("--role", dest="roles", action="append", required=True, choices=[role.value for role in Role])
    for one, many in CLAIM.items():
        adding.add_argument(f"--{one}", dest=many, action="append", default=[], help="may come several times")


async def all_of(page: Callable[[Paging], Awaitable[Sequence[T]]], id_of: Callable[[T], str]) -> list[T]:
    """Return everything that a query gives page by page."""
    found: list[T] = []
    some = await page(Paging(limit=_PAGE))
    while some:
        found += some
        some = await page(Paging(limit=_PAGE, after=id_of(some[-1])))
    return found


def in_columns(head: str, named: Iterable[tuple[str, str, Rights]]) -> list[str]:
    """Return a line for each name, with its status and its rights."""
    rows = [[name, status, *(" ".join(each) for each in rights.claims().values())] for name, status, rights in named]
    return aligned([[head, "status", "roles", *CLAIM.values()], *rows])
