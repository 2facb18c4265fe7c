"""What is shown of planning a day: wishes of a dispatcher, how far a plan is, and what it would change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.board.views import Known, Place
from services.portal.languages import N_

ACTIONS = {
    "pin": N_("Stay with this vehicle"),
    "lock": N_("Stay as it is, also in time"),
    "move": N_("Go to another vehicle"),
}
UNPLANNED = {
    "position-unknown": N_("Nobody has told where a place is."),
    "no-suitable-vehicle": N_("No vehicle of the day keeps it cold enough, or may take it."),
    "no-road": N_("No vehicle may take the road there."),
    "heavier-than-any-vehicle": N_("It is heavier than any vehicle may carry."),
    "outside-hours": N_("Nobody is there in time while the place is open."),
    "day-too-short": N_("The day of vehicles and drivers is too short."),
}
RUNNING = ("queued", "running")
_MOST_WISHES = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish for a trip, or for its stop with a sequence; a move names a vehicle."""

    action: str
    trip_id: str
    sequence: int | None = None
    vehicle_id: str | None = None

    @property
    def text(self) -> str:
        """Return it as an address has it."""
        return ".".join((self.action, self.trip_id, str(self.sequence or ""), self.vehicle_id or ""))

    @property
    def body(self) -> dict[str, Any]:
        """Return it as logistics takes it."""
        told = {"sequence": self.sequence, "vehicle_id": self.vehicle_id}
        return {"action": self.action, "trip_id": self.trip_id} | {
            name: value for name, value in told.items() if value is not None
        }


def wishes_of(texts: Iterable[str]) -> list[Wish]:
    """Return the wishes of an address, each once; of one stop the last counts, what is none is left out."""
    found: dict[tuple[str, int | None], Wish] = {}
    for text in texts:
        parts = text.split(".")
        if len(parts) != 4 or parts[0] not in ACTIONS or not parts[1]:
            continue
        action, trip_id, sequence, vehicle_id = parts
        if (sequence and not (sequence.isascii() and sequence.isdigit() and len(sequence) < 5)) or (
            (action == "move") != bool(vehicle_id)
        ):
            continue
        wish = Wish(action, trip_id, int(sequence) if sequence else None, vehicle_id or None)
        found.pop((wish.trip_id, wish.sequence), None)
        found[wish.trip_id, wish.sequence] = wish
    return list(found.values())[:_MOST_WISHES]


@dataclass(frozen=True, slots=True)
class Ride:
    """How an order comes to its school."""

    plate: str
    number: int
    at: str


@dataclass(frozen=True, slots=True)
class Change:
    """An order that would ride otherwise; None: on no trip."""

    order_id: str
    school: Place | None
    cooperative: Place | None
    before: Ride | None
    after: Ride | None


@dataclass(frozen=True, slots=True)
class Differences:
    """What applying a plan would change."""

    orders: tuple[Change, ...]
    totals: Mapping[str, int]


def differences_of(plan: Mapping[str, Any], consignments: Any, known: Known) -> Differences | None:
    """Return what a proposed plan would change; orders by the places they are between, where these are known."""
    told = plan.get("differences")
    if told is None:
        return None
    orders = {one["order_id"]: one for one in consignments} if isinstance(consignments, list) else {}
    changes = []
    for one in told["orders"]:
        order = orders.get(one["order_id"], {})
        changes.append(
            Change(
                one["order_id"],
                known.place("canteen", order.get("canteen_id", "")),
                known.place("cooperative", order.get("cooperative_id", "")),
                _ride(one["before"], known),
                _ride(one["after"], known),
            )
        )
    return Differences(tuple(changes), {name: value for name, value in told.items() if name != "orders"})


def _ride(told: Mapping[str, Any] | None, known: Known) -> Ride | None:
    return None if told is None else Ride(known.plate(told["vehicle_id"]), told["number"], told["delivered_at"])


def unplanned_of(plan: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return why orders ride nowhere (msgids), and how many for each reason, the most first."""
    counts: dict[str, int] = {}
    for one in plan["unplanned"]:
        said = UNPLANNED.get(one["reason"], N_("No vehicle takes it."))
        counts[said] = counts.get(said, 0) + 1
    return sorted(counts.items(), key=lambda pair: -pair[1])


_TO_RIDE = ("confirmed", "dispatched")


def open_orders(consignments: Sequence[Mapping[str, Any]]) -> int:
    """Return how many orders of a day are on no trip yet."""
    return sum(one["status"] in _TO_RIDE and one["trip_id"] is None for one in consignments)


@dataclass(frozen=True, slots=True)
class Stranded:
    """An order that is packed and on no trip, between whom, and how heavy it is (g)."""

    order_id: str
    school: Place | None
    cooperative: Place | None
    weight_g: int


def stranded_of(consignments: Sequence[Mapping[str, Any]], known: Known) -> list[Stranded]:
    """Return the orders of a day that are packed and on no trip, the heaviest first."""
    found = [
        Stranded(
            one["order_id"],
            known.place("canteen", one["canteen_id"]),
            known.place("cooperative", one["cooperative_id"]),
            one["dispatched_g"],
        )
        for one in consignments
        if one["status"] == "dispatched" and one["trip_id"] is None and one["dispatched_g"]
    ]
    return sorted(found, key=lambda one: (-one.weight_g, one.order_id))
