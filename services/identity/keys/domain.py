"""Which key signs, which are published, and when the next is made."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

LEAD = timedelta(hours=1)
"""A key is published so long before it signs: longer than anybody keeps the list of keys."""
KEPT = timedelta(minutes=20)
"""A key is published so long after it signed last: longer than its tokens are valid, leeway included."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key as it is kept; its private part is sealed."""

    kid: str
    public: dict[str, Any]
    private_sealed: str = field(repr=False)
    created_at: datetime
    signs_from: datetime


def signing(keys: Sequence[SigningKey], now: datetime) -> SigningKey | None:
    """Return the key that signs now: of those that may, the newest. None before the first was made."""
    ready = [key for key in keys if key.signs_from <= now]
    return max(ready, key=lambda key: (key.signs_from, key.kid), default=None)


def is_due(keys: Sequence[SigningKey], now: datetime, age: timedelta) -> bool:
    """Whether the next key is to be made: the newest has signed for `age`, or none signs."""
    return signing(keys, now) is None or all(key.signs_from + age <= now for key in keys)


def starts(keys: Sequence[SigningKey], now: datetime) -> datetime:
    """Return from when a key made now signs: when everybody knows it; at once where no other signs."""
    return now if signing(keys, now) is None else now + LEAD


def over(keys: Sequence[SigningKey], now: datetime) -> list[str]:
    """Return the kids of keys no valid token is left of: another has signed in their place for long enough."""
    in_turn = sorted(keys, key=lambda key: (key.signs_from, key.kid))
    return [key.kid for key, following in pairwise(in_turn) if following.signs_from + KEPT <= now]
