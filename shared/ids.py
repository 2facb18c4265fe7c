"""Identifiers: time-ordered UUIDv7 (RFC 9562 §5.7) for what is new, derived ones for what must not happen twice.

Where new ids come from can be put in, as the clock can: by default they are random; a simulation that is to be the
same every time it is run has :class:`RepeatableIds`.
"""

import hashlib
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from shared.clock import Clock

_NAMESPACE = uuid.UUID("6b1f0a52-7c1d-5c4e-9a53-2f2f6d0f7a10")
_lock = threading.Lock()
_last = 0

Source = Callable[[], str]
"""Gives an id nobody has, greater than those it gave before."""


def random_id() -> str:
    """Return a UUIDv7 as text; within one process each is greater than the one before."""
    global _last
    with _lock:
        # 48 bits of milliseconds and 12 bits of their fraction, as RFC 9562 §6.2 method 3 allows.
        now = time.time_ns() * 4096 // 1_000_000
        _last = max(_last + 1, now)
        stamp = _last
    return _version_7(stamp, int.from_bytes(os.urandom(8)))


def _version_7(stamp: int, luck: int) -> str:
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | luck >> 2
    return str(uuid.UUID(int=value))


_source: ContextVar[Source] = ContextVar("source_of_ids", default=random_id)


def new_id() -> str:
    """Return a new UUIDv7 as text, by default a random one; within one process each is greater than the one before."""
    return _source.get()()


@contextmanager
def ids_from(source: Source) -> Iterator[None]:
    """Take new ids from `source` in here, and in tasks started in here."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


class RepeatableIds:
    """New ids that are the same whenever a simulation is run again: UUIDv7 by its clock and its count of ids.

    They repeat only if they are asked for in the same order. `scene` starts another count: what comes after a scene
    that went differently has the ids it always has.
    """

    def __init__(self, clock: Clock, seed: str) -> None:
        self._clock = clock
        self._seed = seed
        self._scene = ""
        self._count = 0
        self._stamp = 0
        self._lock = threading.Lock()

    def scene(self, name: str) -> None:
        """Begin a scene. Its name must not have been used before with this seed: its ids would come twice."""
        self._scene, self._count = name, 0

    def __call__(self) -> str:
        """Return the next id."""
        with self._lock:
            self._count += 1
            self._stamp = max(self._stamp + 1, int(self._clock.now().timestamp() * 1000) << 12)
            told = f"{self._seed}\x1f{self._scene}\x1f{self._count}"
            return _version_7(self._stamp, int.from_bytes(hashlib.sha256(told.encode()).digest()[:8]))


def derived_id(*parts: object) -> str:
    """Return the same UUIDv5 for the same parts: a retried use case makes the same thing, not a second one."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(str(part) for part in parts)))
