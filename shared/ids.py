"""Identifiers: time-ordered UUIDv7 (RFC 9562 §5.7) for what is new, derived ones for what must not happen twice."""

import os
import threading
import time
import uuid

_NAMESPACE = uuid.UUID("6b1f0a52-7c1d-5c4e-9a53-2f2f6d0f7a10")
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """Return a UUIDv7 as text; within one process each is greater than the one before."""
    global _last
    with _lock:
        # 48 bits of milliseconds and 12 bits of their fraction, as RFC 9562 §6.2 method 3 allows.
        now = time.time_ns() * 4096 // 1_000_000
        _last = max(_last + 1, now)
        stamp = _last
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | int.from_bytes(os.urandom(8)) >> 2
    return str(uuid.UUID(int=value))


def derived_id(*parts: object) -> str:
    """Return the same UUIDv5 for the same parts: a retried use case makes the same thing, not a second one."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(str(part) for part in parts)))
