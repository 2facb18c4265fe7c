"""What can happen to a trip on the way: readings come in, and the cold chain may turn out broken."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from services.logistics.tracking import domain, queries
from services.logistics.tracking.domain import Warm
from services.logistics.tracking.schemas import PointInput
from services.logistics.trips import queries as trips
from shared.events.logistics import ColdChainBroken
from shared.fields import TemperatureClass
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork


async def keep_points(uow: UnitOfWork, trip_id: str, device_id: str, points: Sequence[PointInput]) -> int:
    """Keep a device's readings, in whatever order they come and however often; return how many were new."""
    # Behind the trip's lock, two batches of one trip cannot both find the same excursion new.
    trip = await trips.lock_trip(uow, trip_id)
    domain.require_on_the_way(trip_id, trip.departed_at)
    domain.require_believable([(point.at, point.lat, point.lon) for point in points], uow.now)
    by_sequence = {point.sequence: point for point in reversed(points)}
    rows = [
        {"trip_id": trip_id, "device_id": device_id, **by_sequence[sequence].model_dump()}
        for sequence in sorted(by_sequence)
    ]
    fresh = await queries.add(uow, rows)
    await _watch(uow, trip, device_id, [by_sequence[sequence] for sequence in fresh])
    return len(fresh)


async def _watch(uow: UnitOfWork, trip: Any, device_id: str, fresh: Sequence[PointInput]) -> None:
    """Look at what new readings outside the limit mean; those inside it can break nothing."""
    outside = [
        point.at
        for point in fresh
        if point.temperature_c is not None and domain.excess(trip.temperature_class, point.temperature_c) > 0
    ]
    if not outside:
        return
    span = (min(outside), max(outside))
    readings = await queries.readings_around(uow, trip.trip_id, device_id, trip.temperature_class, *span)
    told = [row for row in await queries.excursions_of(uow, trip.trip_id) if row.device_id == device_id]
    for warm in domain.excursions(trip.temperature_class, readings):
        await _note(uow, trip, device_id, warm, told)


async def _note(uow: UnitOfWork, trip: Any, device_id: str, warm: Warm, told: Sequence[Any]) -> None:
    """Tell a new excursion once; one that overlaps what was told before only grows."""
    orders = await queries.hold(uow, trip.trip_id, warm.since, warm.until)
    known = next((row for row in told if row.since <= warm.until and row.until >= warm.since), None)
    if known is not None:
        whole = domain.join(trip.temperature_class, Warm(known.since, known.until, known.worst_c), warm)
        await queries.widen_excursion(uow, known.excursion_id, asdict(whole))
    elif orders:
        row = {"excursion_id": new_id(), "trip_id": trip.trip_id, "device_id": device_id}
        await queries.add_excursion(uow, row | asdict(warm))
        uow.emit(_broken(trip, warm, orders))


def _broken(trip: Any, warm: Warm, orders: Sequence[str]) -> ColdChainBroken:
    return ColdChainBroken(
        trip_id=trip.trip_id,
        vehicle_id=trip.vehicle_id,
        temperature_class=TemperatureClass(trip.temperature_class),
        worst_c=warm.worst_c,
        since=warm.since,
        until=warm.until,
        order_ids=tuple(orders),
    )
