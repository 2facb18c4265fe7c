"""Every version of an order stays readable: who changed what, why, when, and the difference to the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.procurement.orders.domain import Order
from services.procurement.orders.states import Status
from shared.quantities import amount_fen

Grams = tuple[int, int]
"""What a line orders and what is confirmed of it."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who changed an order, and why."""

    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Version:
    """An order as of a version: ordered and confirmed grams by line. What comes later changes no version."""

    order_id: str
    version: int
    status: Status
    who: str
    why: str
    at: datetime
    grams: Mapping[str, Grams]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a version changed of a line: `quantity` is `ordered` or `confirmed`."""

    line_id: str
    quantity: str
    before_g: int
    after_g: int


def version_of(order: Order, author: Author, at: datetime) -> Version:
    """Return what is kept of an order as it is now."""
    grams = {line.line_id: (line.ordered_g, line.confirmed_g) for line in order.lines}
    return Version(order.order_id, order.version, order.status, author.who[:200], author.why[:500], at, grams)


def differences(before: Version | None, after: Version) -> list[Difference]:
    """Return what changed between two versions; of a first version nothing is said twice."""
    if before is None:
        return []
    changed = []
    for line_id, grams in sorted(after.grams.items()):
        earlier = before.grams.get(line_id, (0, 0))
        for quantity, was, now in zip(("ordered", "confirmed"), earlier, grams, strict=True):
            if was != now:
                changed.append(Difference(line_id, quantity, was, now))
    return changed


def amount_of(version: Version, order: Order) -> int:
    """Return what a version is worth in fen: what it confirms, or orders while nobody answered; nothing once off."""
    prices = {line.line_id: line.price_fen_per_kg for line in order.lines}
    if version.status in (Status.REFUSED, Status.DECLINED, Status.CANCELLED):
        return 0
    place = 0 if version.status in (Status.DRAFT, Status.PLACED) else 1
    return sum(amount_fen(grams[place], prices[line_id]) for line_id, grams in version.grams.items())


def with_present(kept: Sequence[Version], order: Order) -> list[Version]:
    """Return the versions of an order; one from before versions were kept is known from its present state on."""
    if kept and kept[-1].version == order.version:
        return list(kept)
    return [*kept, version_of(order, Author("", ""), order.placed_at)]
