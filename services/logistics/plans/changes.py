"""What a dispatcher's changes mean: which trips may be planned anew, and what is then asked of their orders."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.logistics.plans.domain import Change, Claimed, second_of
from services.logistics.trips.problem import Load, Window

KEPT_WITHIN_S = 600
"""A locked stop is reached within ten minutes of its time."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of orders: the vehicle, and when they are picked up and set down."""

    vehicles: Mapping[str, str] = field(default_factory=dict)
    pickups: Mapping[str, Window] = field(default_factory=dict)
    deliveries: Mapping[str, Window] = field(default_factory=dict)

    def on(self, load: Load) -> Load:
        """Return a load with what is asked of its order."""
        key = load.order_id
        return replace(
            load,
            vehicle_id=self.vehicles.get(key),
            pickup=self.pickups.get(key, load.pickup),
            delivery=self.deliveries.get(key, load.delivery),
        )


def locked_of(changes: Iterable[Change]) -> set[str]:
    """Return the trips that stay as they are."""
    return {one.trip_id for one in changes if one.action == "lock" and one.sequence is None}


def released_of(trips: Sequence[Any], riding: Iterable[Any], locked: Collection[str]) -> list[Any]:
    """Return the trips that may be planned anew: not locked, not left, nothing on board.

    What comes before a trip that stays, by its vehicle or on an order's way, stays as well.
    """
    begun = {row.trip_id for row in riding if row.status != "waiting" and row.status != "cancelled"}
    stays = {trip.trip_id for trip in trips if trip.trip_id in locked or trip.status != "planned"} | begun
    ways = [{one for one in (row.trip_id, row.onward_trip_id) if one is not None} for row in riding]
    while True:
        last = {trip.vehicle_id: trip.number for trip in trips if trip.trip_id in stays}
        more = {trip.trip_id for trip in trips if trip.number < last.get(trip.vehicle_id, 0)}
        more |= {one for way in ways if way & stays for one in way}
        if more <= stays:
            return [trip for trip in trips if trip.trip_id not in stays]
        stays |= more


def wishes_of(claimed: Claimed, trips: Mapping[str, Any], stops: Mapping[str, Sequence[Any]]) -> Wishes:
    """Return what changes ask of the orders of trips that are planned anew; a later change wins."""
    vehicles: dict[str, str] = {}
    windows: dict[str, dict[str, Window]] = {"pickup": {}, "delivery": {}}
    for change in claimed.changes or ():
        if change.trip_id not in trips or (change.action == "lock" and change.sequence is None):
            continue
        for stop in stops[change.trip_id]:
            if change.sequence not in (None, stop.sequence):
                continue
            vehicle_id = change.vehicle_id or trips[change.trip_id].vehicle_id
            vehicles |= dict.fromkeys(stop.order_ids, vehicle_id)
            if change.action == "lock" and stop.place_kind != "point":
                at_s = second_of(claimed.day, stop.planned_at)
                window = (max(0, at_s - KEPT_WITHIN_S), at_s + KEPT_WITHIN_S)
                windows[stop.kind] |= dict.fromkeys(stop.order_ids, window)
    return Wishes(vehicles, windows["pickup"], windows["delivery"])
