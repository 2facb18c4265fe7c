"""Rules of consignments: what a confirmation, a packing or a cancellation means for what rides."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

COLDER = ("ambient", "chilled", "frozen")
"""Temperature classes, each colder than the one before (domain.md §5)."""


class Status(StrEnum):
    """Where a consignment is."""

    WAITING = "waiting"
    LOADED = "loaded"
    ARRIVED = "arrived"
    RECEIVED = "received"
    CANCELLED = "cancelled"


def coldest(classes: Iterable[str]) -> str:
    """Return the coldest of some temperature classes, `ambient` of none."""
    return max(classes, key=COLDER.index, default="ambient")


def shown_status(status: str, *, packed: bool) -> str:
    """Return the one word people see: a waiting consignment is `dispatched` once packed, `confirmed` before."""
    if status == Status.WAITING:
        return "dispatched" if packed else "confirmed"
    return status


def weight_g(row: Any) -> int:
    """Return the grams a consignment (its row) puts on a vehicle: what was packed, before that what was confirmed."""
    grams: int = row.confirmed_g if row.dispatched_at is None else row.dispatched_g
    return grams
