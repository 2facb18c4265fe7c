"""Rules of a trip on its way: loaded before it departs, departed before it arrives."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.errors import Conflict, DomainError, NotFound


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a computed plan; not `complete` when something was taken meanwhile."""

    trips: int
    consignments: int
    distance_m: int
    cost_fen: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Aboard:
    """A consignment as loading sees it; `recalled_g` of what was packed is in lines that hold a recalled lot."""

    order_id: str
    status: str
    packed: bool
    dispatched_g: int
    recalled_g: int

    @property
    def recalled(self) -> bool:
        """Whether nothing of it may be loaded."""
        return 0 < self.dispatched_g <= self.recalled_g


@dataclass(frozen=True, slots=True)
class Left:
    """A consignment that was not loaded, and by which rule."""

    order_id: str
    rule: str
    detail: str


def require_planned(trip_id: str, status: str) -> None:
    """Refuse to load or depart a trip that has left."""
    if status != "planned":
        raise Conflict("trip-departed", f"trip {trip_id} is {status}")


def choose_loads(aboard: Sequence[Aboard], wanted: Sequence[str] | None) -> tuple[list[str], list[Left]]:
    """Return the orders to load now, and what is left and why; what is loaded already is in neither.

    Without `wanted` everything of the trip is tried. An order named that is not of the trip, or holds recalled lots in
    all its lines, is refused.
    """
    of_trip = {one.order_id: one for one in aboard}
    if wanted is not None:
        _require_loadable(of_trip, wanted)
    chosen = aboard if wanted is None else [of_trip[order_id] for order_id in dict.fromkeys(wanted)]
    load, left = [], []
    for one in chosen:
        reason = _why_not(one)
        if reason is not None:
            left.append(Left(one.order_id, *reason))
        elif one.status == "waiting":
            load.append(one.order_id)
    return load, left


def _require_loadable(of_trip: dict[str, Aboard], wanted: Sequence[str]) -> None:
    for index, order_id in enumerate(wanted):
        field = f"order_ids.{index}"
        if order_id not in of_trip:
            raise DomainError("not-on-trip", f"order {order_id} is not on this trip", field=field)
        if of_trip[order_id].recalled:
            raise Conflict("lot-recalled", f"order {order_id} holds a recalled lot", field=field)


def _why_not(one: Aboard) -> tuple[str, str] | None:
    if one.status == "cancelled":
        return "cancelled", f"order {one.order_id} was cancelled"
    if one.status != "waiting":
        return None
    if not one.packed:
        return "not-dispatched", f"order {one.order_id} is not packed yet"
    if not one.dispatched_g:
        return "nothing-packed", f"nothing was packed for order {one.order_id}"
    return ("lot-recalled", f"order {one.order_id} holds a recalled lot") if one.recalled else None


def require_departed(trip_id: str, departed_at: datetime | None) -> None:
    """Refuse what only a trip on its way can do."""
    if departed_at is None:
        raise Conflict("trip-not-departed", f"trip {trip_id} has not departed")


def refuse_arrival(trip_id: str, canteen_id: str, planned_canteens: Collection[str]) -> DomainError:
    """Return why a trip cannot arrive at a school it has nothing on board for."""
    if canteen_id not in planned_canteens:
        return NotFound("stop", f"at {canteen_id} on trip {trip_id}", field="canteen_id")
    detail = f"trip {trip_id} has nothing on board for {canteen_id}"
    return Conflict("nothing-on-board", detail, field="canteen_id")
