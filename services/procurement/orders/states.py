"""How far an order has come: its states, and the table of the changes that are allowed.

An answer confirms or declines an order at once: being answered is a moment (`answered_at`), not a state of its own.
"""

from enum import StrEnum


class Status(StrEnum):
    """How far an order has come."""

    DRAFT = "draft"
    REFUSED = "refused"
    PLACED = "placed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    DISPATCHED = "dispatched"
    LOADED = "loaded"
    RECEIVED = "received"
    SETTLED = "settled"


ALLOWED = {
    Status.DRAFT: frozenset({Status.PLACED, Status.REFUSED, Status.CANCELLED}),
    Status.REFUSED: frozenset[Status](),
    # A dispatch may be heard before the answer it follows from.
    Status.PLACED: frozenset({Status.CONFIRMED, Status.DECLINED, Status.CANCELLED, Status.DISPATCHED}),
    Status.CONFIRMED: frozenset({Status.CANCELLED, Status.DISPATCHED, Status.LOADED}),
    # What was packed in good faith while the order was called off is carried and paid.
    Status.DECLINED: frozenset({Status.DISPATCHED}),
    Status.CANCELLED: frozenset({Status.DISPATCHED}),
    Status.DISPATCHED: frozenset({Status.LOADED, Status.RECEIVED, Status.SETTLED}),
    Status.LOADED: frozenset({Status.RECEIVED, Status.SETTLED}),
    # A receipt may be put right: nothing accepted becomes something, and the other way round.
    Status.RECEIVED: frozenset({Status.SETTLED}),
    Status.SETTLED: frozenset({Status.RECEIVED}),
}
"""What may follow on each state."""

CAN_BE_TAKEN_BACK = frozenset({Status.DRAFT, Status.PLACED, Status.CONFIRMED})
UNANSWERED = frozenset({Status.DRAFT, Status.PLACED})
OFF = frozenset({Status.REFUSED, Status.DECLINED, Status.CANCELLED})
"""Orders that hold no grams."""


def may_become(present: Status, wanted: Status) -> bool:
    """Whether an order may go from one state to another; staying where it is, is no change and always allowed."""
    return present is wanted or wanted in ALLOWED[present]
