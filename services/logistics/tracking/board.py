"""The dispatcher's board: each trip as it is now, and what changes of it, as it changes.

A stream pulls from the database what has changed since the client's last event. What it sends is a trip's whole state,
so that a client that is slow, or was away for an hour, gets the newest of each trip and misses nothing; nothing is
queued for anybody, and it does not matter which replica took a reading in.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.logistics.coldchain import domain as cold
from services.logistics.coldchain import queries as coldchain
from services.logistics.coldchain.domain import Limit
from services.logistics.tracking import queries, ways
from services.logistics.tracking.domain import Rule, holding
from services.logistics.tracking.progress import bound_for
from services.logistics.tracking.schemas import StopAhead, TripOnBoard
from shared.errors import DomainError
from shared.service import Service
from shared.unit_of_work import UnitOfWork

POLL_S = 1.0
ALIVE_S = 15.0
"""After so long without news a client is told that it is still heard, and a proxy keeps the connection."""
OVERLAP = timedelta(seconds=10)
"""How long after its instant a unit of work may commit: so far back a stream looks again."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PAGE = 500


async def on_board(uow: UnitOfWork, rows: Sequence[Any]) -> list[TripOnBoard]:
    """Return trips as the board shows them."""
    waiting: dict[str, list[str]] = defaultdict(list)
    for alarm in await coldchain.alarms_of(uow, [row.trip_id for row in rows]):
        if alarm.lifted_at is None and alarm.acknowledged_at is None:
            waiting[alarm.trip_id].append(alarm.kind)
    ahead = {row.trip_id: [StopAhead.model_validate(one) for one in row.stops] for row in rows}
    places = await _bound_for(uow, ahead)
    limits, rules = await coldchain.all_limits(uow), await queries.all_rules(uow)
    shown = []
    for row in rows:
        stops = _left(row.status, ahead[row.trip_id], places[row.trip_id])
        limit = cold.holding(limits, row.day)[row.temperature_class]
        shown.append(
            TripOnBoard(
                **{**row._mapping, "stops": stops},
                alarms=len(waiting[row.trip_id]),
                late_minutes=late_minutes(stops, uow.now, holding(rules, row.day)),
                warm="outside" in waiting[row.trip_id] or _is_warm(row, limit),
                silent="silence" in waiting[row.trip_id] or _is_silent(row, limit, uow.now),
                low_c=limit.low_c,
                high_c=limit.high_c,
            )
        )
    return shown


def late_minutes(stops: Sequence[StopAhead], now: datetime, rule: Rule) -> int:
    """Return how long after its plan a trip comes to a stop where it sets something down, 0 where it is not told.

    What was expected before now, and has not come, comes now at the earliest.
    """
    behind = [max(stop.expected_at, now) - stop.planned_at for stop in stops if stop.kind == "delivery"]
    minutes = max(behind, default=timedelta(0)) // timedelta(minutes=1)
    return minutes if minutes >= rule.delay_minutes else 0


def _is_warm(row: Any, limit: Limit) -> bool:
    return row.status == "departed" and row.temperature_c is not None and bool(limit.excess(row.temperature_c))


def _is_silent(row: Any, limit: Limit, now: datetime) -> bool:
    """Whether a trip on its way has told nothing for too long: of its temperature where that counts, else of itself."""
    heard_at = row.temperature_at if limit.watched and row.temperature_at is not None else row.at
    return row.status == "departed" and bool(now - heard_at > limit.silence)


async def _bound_for(uow: UnitOfWork, ahead: Mapping[str, Sequence[StopAhead]]) -> dict[str, set[tuple[str, str]]]:
    """Return the places trips have something on board for."""
    aboard = await ways.on_board(uow, ahead)
    gathering = [trip_id for trip_id, stops in ahead.items() if any(stop.place_kind == "point" for stop in stops)]
    stops = await ways.stops_of(uow, gathering) if gathering else {}
    return {trip_id: bound_for(aboard.get(trip_id, {}), stops.get(trip_id, ())) for trip_id in ahead}


def _left(status: str, ahead: Sequence[StopAhead], places: Collection[tuple[str, str]]) -> list[StopAhead]:
    """Return the stops a trip has still to reach: what drivers said since its devices told something is taken in."""
    if status == "broken":
        return []
    kinds = ("return",) if status == "completed" else ("return", "pickup")
    return [stop for stop in ahead if stop.kind in kinds or (stop.place_kind, stop.place_id) in places]


async def board(uow: UnitOfWork, county_code: str | None, day: date) -> list[TripOnBoard]:
    """Return the trips of a day that have told where they are, by id."""
    return await on_board(uow, await queries.board_of(uow, county_code, day))


def instant_after(last_event_id: str | None, now: datetime) -> datetime:
    """Return from when on a client has to hear; without a last event of the day before, and since."""
    if last_event_id is None or not last_event_id.strip():
        return now - timedelta(days=1)
    text = last_event_id.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise DomainError("last-event-id", "is the id of an event of this stream", field="Last-Event-ID")
    return _EPOCH + int(text) * _MICROSECOND


async def stream(
    service: Service,
    county_code: str | None,
    since: datetime,
    until_s: float = float("inf"),
    poll_s: float = POLL_S,
    alive_s: float = ALIVE_S,
) -> AsyncGenerator[bytes, None]:
    """Give server-sent events: `trip` with its whole state for each trip that has changed since an instant.

    It ends `until_s` seconds after 1970; who may ask again goes on where it ended.
    """
    sent: dict[str, tuple[datetime, str]] = {}
    quiet_s = 0.0
    yield b"retry: 3000\n\n"
    while service.clock.now().timestamp() < until_s:
        quiet_s += poll_s
        after: tuple[datetime, str] | None = None
        more = True
        while more:
            async with service.begin(read_only=True) as uow:
                rows = await queries.changed_since(uow, county_code, since - OVERLAP, _PAGE, after)
                news = [row for row in rows if sent.get(row.trip_id) != (row.changed_at, row.status)]
                shown = await on_board(uow, news)
            for trip in shown:
                yield _event(trip)
                sent[trip.trip_id] = (trip.changed_at, trip.status)
                quiet_s = 0.0
            after = (rows[-1].changed_at, rows[-1].trip_id) if rows else after
            if more := len(rows) == _PAGE:
                await asyncio.sleep(0)
        if after is not None:
            since = max(since, after[0])
            sent = {key: told for key, told in sent.items() if told[0] >= since - OVERLAP}
        if quiet_s >= alive_s:
            quiet_s = 0.0
            yield b": alive\n\n"
        await asyncio.sleep(poll_s)


def _event(trip: TripOnBoard) -> bytes:
    number = (trip.changed_at - _EPOCH) // _MICROSECOND
    return f"id: {number}\nevent: trip\ndata: {trip.model_dump_json()}\n\n".encode()
