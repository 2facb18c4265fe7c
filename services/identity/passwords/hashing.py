"""argon2id, off the event loop and at most two at once: each takes a fifth of a second and 64 MiB."""

import asyncio
import base64
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from shared.errors import Overloaded
from shared.settings import Settings

AT_ONCE = 2
MOST_WAITING = 50
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
_waiting = 0
T = TypeVar("T")


class Hasher:
    """Hashes passwords as strongly as the settings say."""

    def __init__(self, time_cost: int, memory_kib: int, lanes: int) -> None:
        self._hash = PasswordHash((Argon2Hasher(time_cost, memory_kib, lanes),))
        salt, nothing = (base64.b64encode(os.urandom(n)).rstrip(b"=").decode() for n in (16, 32))
        self._nobodys = f"$argon2id$v=19$m={memory_kib},t={time_cost},p={lanes}${salt}${nothing}"

    async def hash(self, password: str) -> str:
        """Return what is kept of a password. Raises Overloaded."""
        return await _in_turn(lambda: self._hash.hash(password))

    async def is_right(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Whether a password is the one that was hashed, and its hash of today's strength if it is kept otherwise.

        Where there is none to compare with it takes as long. Raises Overloaded.
        """
        right, fresh = await _in_turn(lambda: self._hash.verify_and_update(password, kept or self._nobodys))
        return (right, fresh) if kept is not None else (False, None)


@lru_cache(maxsize=8)
def _hasher(time_cost: int, memory_kib: int, lanes: int) -> Hasher:
    return Hasher(time_cost, memory_kib, lanes)


def hasher_of(settings: Settings) -> Hasher:
    """Return the hasher of these settings."""
    return _hasher(settings.password_passes, settings.password_memory_kib, settings.password_lanes)


async def _in_turn(work: Callable[[], T]) -> T:
    global _waiting
    if _waiting >= MOST_WAITING:
        raise Overloaded("sign-ins", "many sign in at this moment: try again in a few seconds")
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work)
    finally:
        _waiting -= 1
