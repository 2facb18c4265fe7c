"""Rules of consignments: what a confirmation, a packing or a cancellation means for what rides."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from shared.errors import Conflict

COLDER = ("ambient", "chilled", "frozen")
"""Temperature classes, each colder than the one before (domain.md §5)."""


class Status(StrEnum):
    """Where a consignment is."""

    WAITING = "waiting"
    LOADED = "loaded"
    ARRIVED = "arrived"
    RECEIVED = "received"
    CANCELLED = "cancelled"
    GIVEN_UP = "given_up"


def require_stranded(row: Any) -> None:
    """Refuse to give up a consignment (its row) that is not packed yet, rides on a trip or is past the gate."""
    order_id = row.order_id
    if row.dispatched_at is None:
        detail = f"order {order_id} is not packed yet: call the order off instead"
        raise Conflict("not-dispatched", detail, field="order_id")
    if row.status != Status.WAITING:
        detail = f"order {order_id} is {row.status}; only what waits for a vehicle is given up"
        raise Conflict("not-waiting", detail, field="order_id")
    if row.trip_id is not None:
        raise Conflict("on-a-trip", f"order {order_id} is to ride on trip {row.trip_id}", field="order_id")


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
