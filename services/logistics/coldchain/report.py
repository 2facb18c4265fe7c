"""The cold-chain report of a trip: made from its readings, or as it was kept before these were thinned."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from services.logistics.coldchain import queries
from services.logistics.coldchain.domain import Limit, Reading, silences
from services.logistics.coldchain.kinetic import outside, over_time
from services.logistics.coldchain.schemas import AlarmRead, DeviceReport, Gap, TripReport
from services.logistics.consignments import queries as consignments
from services.logistics.consignments import rides
from services.logistics.trips import queries as trips
from shared.tabular import guarded, write_table
from shared.unit_of_work import UnitOfWork

_MINUTE = timedelta(minutes=1)
_TENTHS = 2


async def trip_report(uow: UnitOfWork, trip_id: str) -> TripReport:
    """Return a trip's cold-chain report; NotFound names the id."""
    trip = await trips.read_trip(uow, trip_id)
    kept = await queries.kept_report(uow, trip_id)
    devices = None if kept is None else [DeviceReport.model_validate(one) for one in kept["devices"]]
    return await _report(uow, trip, devices)


async def _report(uow: UnitOfWork, trip: Any, kept: list[DeviceReport] | None) -> TripReport:
    limit = (await queries.limits_on(uow, trip.day))[trip.temperature_class]
    alarms = await queries.alarms_of(uow, [trip.trip_id])
    changed = await consignments.by_orders(uow, await rides.rode_on(uow, trip.trip_id))
    riding = [*await consignments.of_trip(uow, trip.trip_id), *changed]
    return TripReport(
        **{name: getattr(trip, name) for name in TripReport.model_fields if hasattr(trip, name)},
        low_c=limit.low_c,
        high_c=limit.high_c,
        allowed_outside_minutes=limit.outside_minutes,
        allowed_silence_minutes=limit.silence_minutes,
        devices=await devices_of(uow, trip, limit) if kept is None else kept,
        alarms=[AlarmRead.model_validate(row, from_attributes=True) for row in alarms],
        held_order_ids=sorted(row.order_id for row in riding if row.hold),
        unbroken=all(row.lifted_at is not None for row in alarms),
    )


async def devices_of(uow: UnitOfWork, trip: Any, limit: Limit) -> list[DeviceReport]:
    """Return what each device measured on a trip, by device."""
    rows = await queries.readings_of(uow, trip)
    grouped = groupby(rows, key=lambda row: str(row.device_id))
    return [
        _device(trip, limit, device_id, [Reading(row.at, row.temperature_c) for row in of_device])
        for device_id, of_device in grouped
    ]


def _device(trip: Any, limit: Limit, device_id: str, readings: Sequence[Reading]) -> DeviceReport:
    over = over_time(limit, readings)
    in_all, longest = outside(limit, readings)
    start = min(trip.departed_at or readings[0].at, readings[0].at)
    end = max(trip.completed_at or readings[-1].at, readings[-1].at)
    return DeviceReport(
        device_id=device_id,
        readings=len(readings),
        first_at=readings[0].at,
        last_at=readings[-1].at,
        lowest_c=over.lowest_c,
        highest_c=over.highest_c,
        mean_c=round(over.mean_c, _TENTHS),
        mean_kinetic_c=round(over.mean_kinetic_c, _TENTHS),
        outside_minutes=round(in_all / _MINUTE),
        longest_outside_minutes=round(longest / _MINUTE),
        gaps=[_gap(*gap) for gap in silences(limit, [reading.at for reading in readings], start, end)],
    )


def _gap(since: datetime, until: datetime) -> Gap:
    return Gap(since=since, until=until, minutes=round((until - since) / _MINUTE))


_COLUMNS = (
    "trip_id",
    "day",
    "vehicle_id",
    "temperature_class",
    "low_c",
    "high_c",
    "device_id",
    "readings",
    "first_at",
    "last_at",
    "lowest_c",
    "highest_c",
    "mean_c",
    "mean_kinetic_c",
    "outside_minutes",
    "longest_outside_minutes",
    "gaps",
    "gap_minutes",
    "alarms",
    "held_orders",
)


def csv_of(report: TripReport) -> bytes:
    """Return a report as a CSV file: a row for each device; a trip without readings has one without a device."""
    rows = [_row(report, device) for device in report.devices] or [_row(report, None)]
    return write_table(_COLUMNS, [[_cell(row.get(name)) for name in _COLUMNS] for row in rows])


def _row(report: TripReport, device: DeviceReport | None) -> dict[str, Any]:
    row = report.model_dump() | ({} if device is None else device.model_dump())
    counted = {
        "gaps": len(device.gaps) if device else 0,
        "gap_minutes": sum(gap.minutes for gap in device.gaps) if device else 0,
        "alarms": sum(alarm.lifted_at is None for alarm in report.alarms),
        "held_orders": len(report.held_order_ids),
    }
    return row | counted


def _cell(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    # A temperature below zero is a number, and no formula.
    return guarded(value) if isinstance(value, str) else "" if value is None else str(value)
