"""What is shown of the trip that is looked at: its way stop by stop, its temperatures, its alarms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from services.portal.board.curve import Curve, curve
from services.portal.board.views import Known, Place, Run
from services.portal.phones import Phones, phones_of


@dataclass(frozen=True, slots=True)
class Halt:
    """A stop as the time line shows it: several orders at one place are one. `state`: `done`, `next`, `ahead`."""

    sequences: tuple[int, ...]
    kind: str
    place: Place | None
    place_id: str
    planned_at: str
    orders: int
    state: str
    arrived_at: str | None = None
    expected_at: str | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """The trip that is looked at. Parts that are away are None."""

    run: Run
    status: str
    county_code: str
    vehicle_id: str
    distance_m: int
    halts: tuple[Halt, ...]
    curve: Curve | None
    alarms: tuple[Mapping[str, Any], ...]
    low_c: float | None
    high_c: float | None
    held: int
    devices: tuple[Mapping[str, Any], ...]
    is_cold_known: bool
    phones: Phones
    """Whom its office calls."""

    @property
    def way(self) -> list[tuple[float, float]]:
        """Return the places of its stops in order, for the map."""
        return [(halt.place.lat, halt.place.lon) for halt in self.halts if halt.place is not None]

    @property
    def left(self) -> int:
        """Return how many stops are still ahead."""
        return sum(halt.state != "done" for halt in self.halts)


def halts_of(trip: Mapping[str, Any], told: Mapping[str, Any] | None, known: Known) -> tuple[Halt, ...]:
    """Return the stops of a trip, with when each was reached or is expected."""
    reached = {one["sequence"]: one["arrived_at"] for one in told["reached"]} if told else {}
    ahead = {one["sequence"]: one["expected_at"] for one in told["stops"]} if told else {}
    by_hand = {one["canteen_id"]: one.get("arrived_at") for one in trip["consignments"] if one.get("arrived_at")}
    halts: list[Halt] = []
    is_next = True
    for (kind, place_kind, place_id), each in groupby(
        trip["stops"], key=lambda stop: (stop["kind"], stop["place_kind"], stop["place_id"])
    ):
        stops = list(each)
        numbers = tuple(int(stop["sequence"]) for stop in stops)
        arrived = next((reached[n] for n in numbers if n in reached), None)
        if arrived is None and kind == "delivery":
            arrived = by_hand.get(place_id)
        is_behind = arrived is not None or trip["status"] == "completed"
        if told is not None and trip["status"] == "departed" and kind != "return":
            is_behind = is_behind or not any(n in ahead for n in numbers)
        state = "done" if is_behind else "ahead"
        if state == "ahead" and is_next and trip["status"] == "departed":
            state, is_next = "next", False
        halts.append(
            Halt(
                sequences=numbers,
                kind=kind,
                place=known.place(place_kind, place_id),
                place_id=place_id,
                planned_at=stops[0]["planned_at"],
                orders=len({order_id for stop in stops for order_id in stop["order_ids"]}),
                state=state,
                arrived_at=arrived,
                expected_at=next((ahead[n] for n in numbers if n in ahead), None) if not is_behind else None,
            )
        )
    return tuple(halts)


def picked_of(
    run: Run,
    trip: Mapping[str, Any],
    told: Mapping[str, Any] | None,
    cold: Any,
    readings: Any,
    known: Known,
    phones: Any = None,
) -> Picked:
    """Return what is shown of a trip; `cold` (its cold-chain report), `readings` and `phones` may be away."""
    report: Mapping[str, Any] = cold if isinstance(cold, dict) else {}
    points: Sequence[Mapping[str, Any]] = readings if isinstance(readings, list) else []
    low_c, high_c = report.get("low_c"), report.get("high_c")
    silence = int(report.get("allowed_silence_minutes", 15))
    return Picked(
        run=run,
        status=trip["status"],
        county_code=trip["county_code"],
        vehicle_id=trip["vehicle_id"],
        distance_m=trip["distance_m"],
        halts=halts_of(trip, told, known),
        curve=curve(points, low_c, high_c, silence),
        alarms=tuple(report.get("alarms", ())),
        low_c=low_c,
        high_c=high_c,
        held=len(report.get("held_order_ids", ())),
        devices=tuple(report.get("devices", ())),
        is_cold_known=bool(report) and isinstance(readings, list),
        phones=phones_of(phones),
    )
