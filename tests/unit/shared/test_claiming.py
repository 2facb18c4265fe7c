"""What waits is carried out by as many hands as there are, whenever it comes."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.claiming import several_at_once


class Waiting:
    """A queue whose oldest piece is looked up first and taken then, as a table's is."""

    def __init__(self, *pieces: str) -> None:
        self.pieces = list(pieces)

    async def claim(self, _free: int) -> list[str]:
        if not self.pieces:
            return []
        oldest = self.pieces[0]
        await asyncio.sleep(0)
        if oldest not in self.pieces:
            return []
        self.pieces.remove(oldest)
        return [oldest]


def meeting(hands: int) -> Callable[[str], Awaitable[None]]:
    """Return work that ends only once so many pieces are in hand at the same time."""
    barrier = asyncio.Barrier(hands)

    async def carry_out(_: str) -> None:
        async with asyncio.timeout(5):
            await barrier.wait()

    return carry_out


async def test_two_pieces_are_in_hand_at_the_same_time() -> None:
    """Rule: the hands of one process do not take the oldest piece from each other and go home without one."""
    assert len(await several_at_once(Waiting("a", "b", "c", "d").claim, meeting(2), 2)) == 4


async def test_what_comes_later_does_not_wait_for_what_is_in_hand() -> None:
    """Rule: a free hand takes up what is asked for while another one works for minutes."""
    waiting, together = Waiting("long"), meeting(2)

    async def carry_out(piece: str) -> None:
        if piece == "long":
            waiting.pieces.append("asked for meanwhile")
        await together(piece)

    assert len(await several_at_once(waiting.claim, carry_out, 2, 0.01)) == 2


async def test_no_more_than_so_many_are_in_hand() -> None:
    """Rule: at most `at_once` pieces are carried out at the same time."""
    in_hand = most = 0

    async def carry_out(_: str) -> None:
        nonlocal in_hand, most
        in_hand += 1
        most = max(most, in_hand)
        await asyncio.sleep(0.001)
        in_hand -= 1

    assert len(await several_at_once(Waiting(*"abcdefg").claim, carry_out, 3)) == 7
    assert most == 3


async def test_a_piece_that_fails_lets_the_others_end() -> None:
    """Rule: what fails is raised once what is in hand is over; nothing more is taken."""
    waiting, ended = Waiting("bad", "good", "later"), []

    async def carry_out(piece: str) -> None:
        if piece == "bad":
            raise OSError("the database is away")
        await asyncio.sleep(0.01)
        ended.append(piece)

    with pytest.raises(OSError, match="the database is away"):
        await several_at_once(waiting.claim, carry_out, 2)
    assert (ended, waiting.pieces) == (["good"], ["later"])


async def test_a_database_that_is_away_for_a_moment_ends_nothing_in_hand() -> None:
    """Rule: looking for more may fail; what is in hand goes on to its end, and then it is said."""
    waiting, ended = Waiting("long"), []

    async def claim(free: int) -> list[str]:
        if waiting.pieces:
            return await waiting.claim(free)
        raise OSError("the database is away")

    async def carry_out(piece: str) -> None:
        await asyncio.sleep(0.01)
        ended.append(piece)

    with pytest.raises(OSError, match="the database is away"):
        await several_at_once(claim, carry_out, 2, 0.001)
    assert ended == ["long"]


async def test_who_is_cancelled_cancels_what_is_in_hand_and_waits_for_it() -> None:
    """Rule: a process that ends gives back what it has in hand before it is gone."""
    begun, given_back = asyncio.Event(), []

    async def carry_out(piece: str) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(0.01)
            given_back.append(piece)
            raise

    task = asyncio.create_task(several_at_once(Waiting("a", "b").claim, carry_out, 2))
    await begun.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(given_back) == ["a", "b"]
