"""What temperatures mean for what is on board: broken cold chains, silent sensors, and what is held for inspection."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from services.logistics.coldchain import domain, queries
from services.logistics.coldchain.domain import Limit, Reading, Warm
from services.logistics.tracking.queries import touch
from services.logistics.trips import queries as trips
from shared.events.logistics import ColdChainBroken, SensorSilent
from shared.fields import TemperatureClass
from shared.ids import new_id
from shared.service import Service
from shared.unit_of_work import UnitOfWork


async def watch(uow: UnitOfWork, trips: Sequence[Any], told: Mapping[str, Mapping[str, Sequence[Reading]]]) -> set[str]:
    """Look at what new temperatures of locked trips mean, by trip and device; return the trips whose alarms changed."""
    said = await queries.all_limits(uow)
    alarms: dict[str, list[Any]] = defaultdict(list)
    with_alarms = await queries.alarmed(uow, told)
    for row in await queries.alarms_of(uow, with_alarms) if with_alarms else ():
        alarms[row.trip_id].append(row)
    changed = set()
    for trip in trips:
        limit = domain.holding(said, trip.day)[trip.temperature_class]
        if limit.watched and await _watch(uow, trip, limit, told.get(trip.trip_id, {}), alarms[trip.trip_id]):
            changed.add(str(trip.trip_id))
    return changed


async def _watch(
    uow: UnitOfWork, trip: Any, limit: Limit, told: Mapping[str, Sequence[Reading]], alarms: Sequence[Any]
) -> bool:
    changed = False
    for device_id, readings in told.items():
        outside = domain.may_break(limit, readings)
        if outside:
            known = [row for row in alarms if row.kind == "outside" and row.device_id == device_id]
            changed |= await _outside(uow, trip, limit, device_id, (outside[0], outside[-1]), known)
    filled = _filled(limit, trip.completed_at, told, alarms, uow.now)
    return await _heard(uow, trip, limit, filled) or changed


def _filled(
    limit: Limit, end: datetime | None, told: Mapping[str, Sequence[Reading]], alarms: Sequence[Any], now: datetime
) -> list[Any]:
    """Return the alarms of silence that these temperatures may fill."""
    silent = [row for row in alarms if row.kind == "silence" and row.lifted_at is None]
    ats = [reading.at for readings in told.values() for reading in readings] if silent else []
    return [row for row in silent if ats and domain.may_fill(limit, ats, (row.since, row.until), end, now)]


async def _outside(
    uow: UnitOfWork, trip: Any, limit: Limit, device_id: str, span: tuple[datetime, datetime], known: Sequence[Any]
) -> bool:
    readings = await queries.readings_around(uow, trip, device_id, limit, *span)
    noted = [await _note(uow, trip, limit, device_id, warm, known) for warm in domain.excursions(limit, readings)]
    return any(noted)


async def _note(uow: UnitOfWork, trip: Any, limit: Limit, device_id: str, warm: Warm, told: Sequence[Any]) -> bool:
    """Tell a new excursion once; one that overlaps what was told before only grows."""
    orders = await queries.aboard_between(uow, trip.trip_id, warm.since, warm.until)
    await queries.hold(uow, orders)
    known = next((row for row in told if row.since <= warm.until and row.until >= warm.since), None)
    if known is not None:
        before = Warm(known.since, known.until, known.worst_c)
        whole = domain.join(limit, before, warm)
        if whole != before:
            await queries.change_alarm(uow, known.alarm_id, **asdict(whole))
        return whole != before
    if orders:
        row = {"alarm_id": new_id(), "trip_id": trip.trip_id, "kind": "outside", "device_id": device_id}
        await queries.add_alarm(uow, row | asdict(warm) | {"raised_at": uow.now})
        uow.emit(_broken(trip, warm, orders))
    return bool(orders)


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


async def _heard(uow: UnitOfWork, trip: Any, limit: Limit, silent: Sequence[Any]) -> bool:
    """End or lift the alarms of silence that temperatures, late ones among them, have filled."""
    changed = False
    for row in silent:
        # A silence that lasts is looked at up to now, one that has ended up to where it ended.
        end = row.until or trip.completed_at or uow.now
        told = await queries.told_between(uow, trip, row.since, end)
        gaps = domain.silences(limit, told, row.since, end)
        lasts = trip.completed_at is None and (not told or end - told[-1] > limit.silence)
        if not gaps:
            await queries.change_alarm(uow, row.alarm_id, lifted_at=uow.now, until=row.until or end)
        elif row.until is None and not lasts:
            await queries.change_alarm(uow, row.alarm_id, until=gaps[-1][1])
        else:
            continue
        changed = True
    if changed:
        await queries.let_go(uow, trip.trip_id)
    return changed


async def notice_silence(service: Service) -> int:
    """Raise an alarm for each cooled trip on its way whose sensor has fallen silent; returns how many."""
    async with service.begin() as uow:
        said = await queries.all_limits(uow)
        shortest = min(limit.silence for limit in [*domain.DEFAULTS.values(), *said])
        quiet = await queries.quiet_trips(uow, uow.now - shortest)
        raised = [await _silent(uow, row.trip_id, said) for row in quiet]
    return sum(raised)


async def _silent(uow: UnitOfWork, trip_id: str, said: Sequence[Limit]) -> bool:
    # Behind the trip's lock nothing is told meanwhile, and no other replica raises the same.
    trip = await trips.lock_trip(uow, trip_id)
    found = await queries.quiet_trips(uow, uow.now, trip_id)
    limit = domain.holding(said, trip.day)[trip.temperature_class]
    if not found or not limit.watched or uow.now - found[0].heard_at <= limit.silence:
        return False
    since = found[0].heard_at
    orders = await queries.aboard_between(uow, trip_id, since, None)
    if not orders:
        return False
    await queries.hold(uow, orders)
    row = {"alarm_id": new_id(), "trip_id": trip_id, "kind": "silence", "since": since, "raised_at": uow.now}
    await queries.add_alarm(uow, row)
    await touch(uow, trip_id)
    uow.emit(
        SensorSilent(
            trip_id=trip_id,
            vehicle_id=trip.vehicle_id,
            temperature_class=TemperatureClass(trip.temperature_class),
            since=since,
            told_at=uow.now,
            order_ids=tuple(orders),
        )
    )
    return True
