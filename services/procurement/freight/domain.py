"""The rules of freight: it is booked with a reason, out of a fund of its own; a mistake is taken back by another.

What a trip cost is shared out over its orders by tonne-kilometres, a load's weight times the distance from its
cooperative to its school (as ISO 14083 shares out what a round trip emits): an order pays for how far its own load has
to go, and not for the detours to others.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from services.procurement.ledger.domain import Account, Booked, Booking, Kind, Transaction
from services.procurement.orders.domain import Order
from shared.errors import DomainError
from shared.ids import derived_id
from shared.quantities import split


@dataclass(frozen=True, slots=True)
class Freight:
    """What a carrier gets for a day's driving; less than nothing takes back what was booked by mistake."""

    county_code: str
    carrier_id: str
    trip_id: str | None
    day: date
    amount_fen: int
    reference: str
    reason: str
    booked_by: str
    booked_at: datetime

    @property
    def freight_id(self) -> str:
        """Its id, and that of its booking: a carrier's reference is booked once."""
        return derived_id("freight", self.carrier_id, self.reference)

    def transaction(self) -> Transaction:
        """Return the booking: from the county's freight fund to the carrier."""
        entries = {
            Account(Kind.FREIGHT, self.county_code): Booked(-self.amount_fen, 0),
            Account(Kind.CARRIER, self.carrier_id): Booked(self.amount_fen, 0),
        }
        return Transaction(
            transaction_id=self.freight_id,
            receipt_id="",
            receipt_version=0,
            order_id="",
            county_code=self.county_code,
            delivery_day=self.day,
            booked_at=self.booked_at,
            entries=entries,
            kind=Booking.FREIGHT,
            source_id=self.trip_id or "",
        )


def check(freight: Freight, today: date) -> None:
    """Refuse freight for nothing, and for a day that is still to come."""
    if freight.amount_fen == 0:
        raise DomainError("nothing-to-book", "freight costs something", field="amount_fen")
    if freight.day > today:
        raise DomainError("day-in-the-future", f"{freight.day} is still to come", field="day")


BOOKED_BY = "logistics"
"""Who booked the freight of a trip that told its cost."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A trip that departed; what it cost as told last (fen), and each order's share of it."""

    trip_id: str
    vehicle_id: str
    order_ids: Sequence[str]
    cost_version: int = 0
    cost_fen: int | None = None
    distance_m: int | None = None
    shares: Mapping[str, int] = field(default_factory=dict)


def shares_of(cost_fen: int, carried: Sequence[Order]) -> dict[str, int]:
    """Share a trip's cost out over its orders by tonne-kilometres, to the fen.

    Where a distance is not known by weight alone; where nothing is on board in equal parts.
    """
    grams = [sum(line.dispatched_g for line in order.lines) for order in carried]
    distances = [max((line.distance_m or 0 for line in order.lines), default=0) for order in carried]
    weights = [load * far for load, far in zip(grams, distances, strict=True)] if all(distances) else grams
    parts = split(cost_fen, weights if any(weights) else [1] * len(carried))
    return {order.order_id: part for order, part in zip(carried, parts, strict=True)}


def freight_of(trip: Trip, carried: Mapping[str, Order], booked: Mapping[str, int], now: datetime) -> list[Freight]:
    """Return what is to be booked for a trip: in each county its orders' shares, less what is `booked` for it there.

    Its carrier is the vehicle: whose that is, nobody tells.
    """
    due: dict[str, int] = defaultdict(int, {county_code: -fen for county_code, fen in booked.items()})
    for order_id, fen in trip.shares.items():
        due[carried[order_id].county_code] += fen
    day = min(carried[order_id].delivery_day for order_id in trip.order_ids)
    driven = "" if trip.distance_m is None else f", {trip.distance_m / 1000:.1f} km"
    return [
        Freight(
            county_code=county_code,
            carrier_id=trip.vehicle_id,
            trip_id=trip.trip_id,
            day=day,
            amount_fen=fen,
            reference=derived_id("trip", trip.trip_id, trip.cost_version, county_code),
            reason=f"trip {trip.trip_id}, cost version {trip.cost_version}{driven}",
            booked_by=BOOKED_BY,
            booked_at=now,
        )
        for county_code, fen in sorted(due.items())
        if fen
    ]
