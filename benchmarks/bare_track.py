"""Readings taken by hand: Starlette and asyncpg, the same rows by COPY in one transaction.

`DSN=… PORT=… python -m benchmarks.bare_track` serves it. The service is measured by it: it parses a batch, asks which
trip each device is on, and writes the rows as fast as PostgreSQL takes them, as durably as the service does.

In its favour: it believes every reading, knows nothing of time, limits, stops or arrivals, locks nothing, and a batch
that is sent again fails, because COPY knows no conflict.
"""

import json
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.bare import serve

_TRIPS = (
    "SELECT device.device_id, trip.day, trip.trip_id FROM device JOIN trip ON trip.vehicle_id = device.vehicle_id "
    "WHERE device.device_id = ANY($1::text[]) AND trip.departed_at IS NOT NULL AND trip.completed_at IS NULL"
)
_COLUMNS = ("day", "trip_id", "device_id", "sequence", "at", "lat", "lon", "speed_kmh", "temperature_c")


async def keep(request: Request) -> Response:
    """Write a batch of readings."""
    points = json.loads(await request.body())["points"]
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        rows = await connection.fetch(_TRIPS, list({point["device_id"] for point in points}))
        trips = {device_id: (day, trip_id) for device_id, day, trip_id in rows}
        records = [_record(trips[point["device_id"]], point) for point in points]
        await connection.copy_records_to_table("point", records=records, columns=_COLUMNS)
    answer = {"stored": len(records), "known": 0, "refused": []}
    return Response(json.dumps(answer), headers={"content-type": "application/json"})


def _record(trip: tuple[Any, str], point: dict[str, Any]) -> tuple[Any, ...]:
    at = datetime.fromisoformat(point["at"])
    where = (point["lat"], point["lon"], point["speed_kmh"], point["temperature_c"])
    return (*trip, point["device_id"], point["sequence"], at, *where)


if __name__ == "__main__":
    serve(Route("/points", keep, methods=["POST"]), connections=4)
