"""The hash of a link is the same for good, and links are verified piece by piece."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import pytest

from shared.chain import START, Verified, end_of, following, hash_of, verify, verify_whole
from shared.database import Database, Session


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a chain."""

    number: int
    hash: str


def links(count: int) -> list[Link]:
    """Return a chain of so many links."""
    return [Link(*placed) for placed in following(None, ([f"content {n}"] for n in range(count)))]


def test_a_hash_is_written_in_one_way_for_good() -> None:
    """Any other order, space or escape would break each chain there is: this one was reckoned on 27 November 2026."""
    written = hash_of(START, 1, ["供应", {"b": 1, "a": [True, None]}, 3])
    assert written == "7f732e67c9c8e334d9ca3b0b868e3e40a6bdc9114904c2f5045c974d0782a15b"
    assert written != hash_of(START, 2, ["供应", {"b": 1, "a": [True, None]}, 3])
    assert (len(START), {*START}) == (64, {"0"})


def test_links_follow_one_another() -> None:
    """The first is number 1 and covers the beginning; a chain goes on behind its last link."""
    chain = links(3)
    assert [link.number for link in chain] == [1, 2, 3]
    assert chain[0].hash == hash_of(START, 1, ["content 0"])
    assert chain[1].hash == hash_of(chain[0].hash, 2, ["content 1"])
    assert list(following(chain[0], [["content 1"], ["content 2"]])) == [(2, chain[1].hash), (3, chain[2].hash)]
    assert end_of(None) == (0, START)
    assert end_of(chain[2]) == (3, chain[2].hash)


async def verified(
    chain: list[Link], last: Link | None, limit: int, at_once: int, broken: int = 0, past: int = 0
) -> tuple[Verified[Link, Link], list[int]]:
    """Verify a chain whose link of number `broken` does not hold; also how many links each reading was asked for."""
    sizes: list[int] = []

    async def read(after: int, size: int) -> Sequence[Link]:
        sizes.append(size)
        return chain[after : after + size]

    async def check(before: Link | None, some: Sequence[Link]) -> Link | None:
        assert not some or some[0].number == (before.number if before else 0) + 1
        return next((link for link in some if link.number == broken), None)

    async def left(number: int) -> Link | None:
        assert number == len(chain)
        return Link(past, "left") if past else None

    return await verify(last, limit, at_once, read, check, left), sizes


@pytest.mark.parametrize(
    ("begin", "limit", "holding", "more", "sizes"),
    [
        (0, 7, 7, True, [3, 3, 1]),
        (0, 8, 7, False, [3, 3, 2]),
        (0, 6, 6, True, [3, 3]),
        (0, 99, 7, False, [3, 3, 3]),
        (5, 99, 2, False, [3]),
        (5, 2, 2, True, [2]),
        (7, 9, 0, False, [3]),
    ],
)
async def test_so_many_are_verified_as_are_asked_for(
    begin: int, limit: int, holding: int, more: bool, sizes: list[int]
) -> None:
    """No more than that, so many at once; whether there are more is known where fewer came than were asked for."""
    chain = links(7)
    found, asked = await verified(chain, chain[begin - 1] if begin else None, limit, 3)
    last = chain[begin + holding - 1] if begin + holding else None
    assert (found, asked) == (Verified(holding, last, None, more), sizes)


async def test_the_first_that_is_broken_ends_it() -> None:
    """What is before it holds; nothing behind it is looked at."""
    chain = links(7)
    found, asked = await verified(chain, None, 99, 3, broken=5)
    assert (found.links, found.last, found.broken, found.more) == (4, chain[2], chain[4], False)
    assert asked == [3, 3]
    found, _ = await verified(chain, chain[1], 99, 3, broken=5)
    assert found.links == 2


async def test_what_has_no_link_is_found_at_the_end() -> None:
    """Something behind the chain that should be in it breaks it there."""
    found, _ = await verified(links(2), None, 99, 3, past=3)
    assert (found.links, found.broken, found.more) == (2, Link(3, "left"), False)


class Readable:
    """A database that is only read."""

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False) -> AsyncIterator[None]:
        """Begin."""
        assert read_only
        yield None


@pytest.mark.parametrize("broken", [None, Link(6, "is wrong")])
async def test_a_whole_chain_is_verified_in_stretches(broken: Link | None) -> None:
    """Each goes on behind what holds, in a transaction of its own; the last says how it ends."""
    chain, begun = links(5), []

    async def some(_session: Session, number: int) -> Verified[Link, Link]:
        begun.append(number)
        there = chain[number : number + 2]
        last = there[-1] if there else None
        return Verified(len(there), last, None if there else broken, more=bool(there))

    whole = await verify_whole(cast(Database, Readable()), some)
    assert whole == Verified(5, chain[4], broken, more=False)
    assert begun == [0, 2, 4, 5]
