"""What was true on a day, where facts are told from a day on."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

T = TypeVar("T")


def on(day: date, history: Sequence[tuple[date, T]]) -> T | None:
    """Return what the last entry not after `day` says, None before the first; entries stand in their days' order."""
    told = None
    for valid_from, what in history:
        if valid_from > day:
            break
        told = what
    return told


def enrolled_on(day: date, history: Sequence[tuple[date, int]], present: int) -> int:
    """Return a canteen's pupils on a day; before the first day known there were as many as on it."""
    if not history:
        return present
    told = on(day, history)
    return history[0][1] if told is None else told
