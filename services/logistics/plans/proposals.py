"""A day planned anew, before it is saved: what would be different, and saving it while it still holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from pydantic import TypeAdapter

from services.logistics.consignments import queries as consignments
from services.logistics.consignments.domain import weight_g
from services.logistics.plans import queries
from services.logistics.plans.domain import instant_of
from services.logistics.trips import queries as trips
from services.logistics.trips.applying import Making, make_trips, orders_of
from services.logistics.trips.problem import Plan, PlannedTrip
from shared.errors import Conflict
from shared.events.logistics import TripPlanned
from shared.fields import TemperatureClass
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan made anew: who drives, the trips it replaces with their version, and what each order weighed."""

    plan: Plan
    drivers: dict[str, str]
    released: dict[str, int]
    before: dict[str, int]

    def dumped(self) -> dict[str, Any]:
        """Return the proposal as JSON values."""
        values: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        return values

    @classmethod
    def loaded(cls, values: Mapping[str, Any]) -> Self:
        """Return a dumped proposal."""
        proposal: Self = _ADAPTER.validate_python(values)
        return proposal


_ADAPTER: TypeAdapter[Any] = TypeAdapter(Proposal)


@dataclass(frozen=True, slots=True)
class Ride:
    """How an order comes to its school: by which vehicle's which trip, and when."""

    vehicle_id: str
    number: int
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """How an order would ride otherwise; None: on no trip."""

    order_id: str
    before: Ride | None
    after: Ride | None


@dataclass(frozen=True, slots=True)
class Differences:
    """What a proposal changes: orders that ride otherwise, and what all its trips come to."""

    orders: list[Difference]
    trips_before: int
    trips_after: int
    distance_before_m: int
    distance_after_m: int
    cost_before_fen: int
    cost_after_fen: int


async def differences_of(uow: UnitOfWork, row: Any) -> Differences | None:
    """Return what a plan proposes to change, None where it proposes nothing (any more)."""
    if row.status != "proposed" or row.proposal is None:
        return None
    proposal = Proposal.loaded(row.proposal)
    present = [trip for trip in await trips.of_day(uow, row.county_code, row.day) if trip.trip_id in proposal.released]
    stops = await trips.stops_by_trip(uow, [trip.trip_id for trip in present])
    before: dict[str, Ride] = {}
    for trip in present:
        for stop in stops[trip.trip_id]:
            if stop.kind == "delivery" and stop.place_kind == "canteen":
                before |= dict.fromkeys(stop.order_ids, Ride(trip.vehicle_id, trip.number, stop.planned_at))
    after = _rides(proposal.plan, row.day)
    changed = [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
    return Differences(
        orders=[Difference(key, before.get(key), after.get(key)) for key in changed],
        trips_before=len(present),
        trips_after=len(proposal.plan.trips),
        distance_before_m=sum(trip.distance_m for trip in present),
        distance_after_m=sum(trip.distance_m for trip in proposal.plan.trips),
        cost_before_fen=sum(trip.cost_fen for trip in present),
        cost_after_fen=proposal.plan.cost_fen,
    )


def _rides(plan: Plan, day: date) -> dict[str, Ride]:
    return {
        order_id: Ride(trip.vehicle_id, trip.number, instant_of(day, stop.at_s))
        for trip in plan.trips
        for stop in trip.stops
        if stop.kind == "delivery" and stop.place[0] == "canteen"
        for order_id in stop.order_ids
    }


async def apply_proposal(uow: UnitOfWork, plan_id: str) -> bool:
    """Replace trips by what a plan proposes, all or nothing; False where nothing is proposed (any more).

    Raises Conflict `plan-outdated` where a trip has left, an order has changed, or a vehicle is taken meanwhile.
    """
    row = await queries.lock_proposed(uow, plan_id)
    if row is None:
        return False
    proposal = Proposal.loaded(row.proposal)
    await _withdraw(uow, proposal)
    asked = set(orders_of(proposal.plan.trips))
    waiting = {one.order_id: one for one in await trips.lock_waiting(uow, asked)}
    for order_id in sorted(asked):
        one = waiting.get(order_id)
        if one is None or weight_g(one) > proposal.before[order_id]:
            raise Conflict("plan-outdated", f"order {order_id} is not what it was when this was planned")
    grams = {order_id: weight_g(one) for order_id, one in waiting.items()}
    planned = [replace(trip, load_g=sum(grams[key] for key in set(_picked_up(trip)))) for trip in proposal.plan.trips]
    making = Making(plan_id, row.county_code, row.day, "anew", proposal.drivers)
    applied = await make_trips(uow, making, planned, len(asked))
    if not applied.complete:
        raise Conflict("plan-outdated", "a vehicle was given another trip since this was planned")
    await queries.count_applied(uow, plan_id, applied)
    return True


def _picked_up(trip: PlannedTrip) -> Iterator[str]:
    return (order_id for stop in trip.stops if stop.kind == "pickup" for order_id in stop.order_ids)


async def _withdraw(uow: UnitOfWork, proposal: Proposal) -> None:
    """Take back the trips that are replaced, if they are still as they were, with nothing on board."""
    present = {trip.trip_id: trip for trip in await trips.lock_trips(uow, proposal.released)}
    for trip_id, version in sorted(proposal.released.items()):
        trip = present.get(trip_id)
        if trip is None or trip.status != "planned" or trip.version != version:
            raise Conflict("plan-outdated", f"trip {trip_id} is not what it was when this was planned")
    riding = await consignments.riding(uow, proposal.released)
    if any(one.status not in ("waiting", "cancelled") for one in riding):
        raise Conflict("plan-outdated", "a trip that is planned anew is being loaded")
    await withdraw(uow, list(present.values()))


async def withdraw(uow: UnitOfWork, locked: Sequence[Any]) -> None:
    """Delete locked trips that nobody will drive and tell it: the next version of each stops nowhere."""
    for row in locked:
        told = TripPlanned(
            trip_id=row.trip_id,
            version=row.version + 1,
            county_code=row.county_code,
            day=row.day,
            vehicle_id=row.vehicle_id,
            temperature_class=TemperatureClass(row.temperature_class),
            load_g=0,
            distance_m=0,
            stops=(),
            planned_at=uow.now,
        )
        uow.emit(told)
    await trips.drop_trips(uow, [row.trip_id for row in locked])
