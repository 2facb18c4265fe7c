"""Hash chains: whoever changes what a link covers has to compute every later hash anew.

The last hash, kept by somebody else, shows it.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from shared.database import Database, Session

START = "0" * 64
"""What stands before the first link."""


class Numbered(Protocol):
    """Something at a place of a chain."""

    @property
    def number(self) -> int:
        """Its place, from 1."""
        ...


class Linked(Numbered, Protocol):
    """A link of a chain."""

    @property
    def hash(self) -> str:
        """The SHA-256 (hex) of what it covers and of the link before."""
        ...


L = TypeVar("L", bound=Linked)
B = TypeVar("B", bound=Numbered)


@dataclass(frozen=True, slots=True)
class Verified(Generic[L, B]):
    """What came of verifying links: how many hold, up to which, the first that is broken, whether more follow."""

    links: int
    last: L | None
    broken: B | None
    more: bool


def hash_of(previous: str, number: int, content: Sequence[object]) -> str:
    """Return the SHA-256 (hex) of a link: the hash before it, its number and what it covers, in one way of writing."""
    written = json.dumps([previous, number, *content], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def end_of(last: Linked | None) -> tuple[int, str]:
    """Return the number and the hash of the last link, or of what stands before the first."""
    return (last.number, last.hash) if last else (0, START)


def following(last: Linked | None, contents: Iterable[Sequence[object]]) -> Iterator[tuple[int, str]]:
    """Give the number and the hash of each link that puts these contents behind the last one."""
    number, previous = end_of(last)
    for content in contents:
        number += 1
        previous = hash_of(previous, number, content)
        yield number, previous


async def verify(
    last: L | None,
    limit: int,
    at_once: int,
    read: Callable[[int, int], Awaitable[Sequence[L]]],
    check: Callable[[L | None, Sequence[L]], Awaitable[B | None]],
    past: Callable[[int], Awaitable[B | None]],
) -> Verified[L, B]:
    """Verify up to `limit` links behind `last`, which is taken as it is.

    `read` gives links behind a number, `check` the first of them that does not hold, `past` what stands behind the end
    of the chain and has no link.
    """
    after = last.number if last else 0
    checked = 0
    while checked < limit:
        size = min(at_once, limit - checked)
        batch = await read(after + checked, size)
        broken = await check(last, batch)
        if broken is not None:
            return Verified(broken.number - after - 1, last, broken, more=False)
        checked += len(batch)
        last = batch[-1] if batch else last
        if len(batch) < size:
            return Verified(checked, last, await past(after + checked), more=False)
    return Verified(checked, last, None, more=True)


async def verify_whole(
    database: Database, verify_some: Callable[[Session, int], Awaitable[Verified[L, B]]]
) -> Verified[L, B]:
    """Verify a chain from its first link on; each stretch, behind a number of links, is read by itself."""
    number, last = 0, None
    while True:
        async with database.transaction(read_only=True) as session:
            verified = await verify_some(session, number)
        number += verified.links
        last = verified.last or last
        if not verified.more:
            return Verified(number, last, verified.broken, more=False)
