"""Routes of tracking."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Header, Query, Request
from fastapi.responses import StreamingResponse

from services.logistics.coldchain import queries as coldchain
from services.logistics.coldchain.schemas import AlarmRead
from services.logistics.parameters import InCounty, TripId
from services.logistics.tracking import board, queries, rules, usecases
from services.logistics.tracking.domain import DEFAULT
from services.logistics.tracking.schemas import (
    Board,
    ManyPoints,
    Points,
    PointsAnswer,
    PointsInput,
    RuleList,
    RuleRead,
    RuleRows,
    Taken,
)
from services.logistics.trips import queries as trips
from shared.auth.principal import Principal
from shared.bulk import Imported
from shared.errors import DomainError
from shared.fields import Day
from shared.routing import Page, UoW, service_router
from shared.service import Service

router = service_router(tags=["tracking"])


@router.post("/points")
async def keep_points(body: ManyPoints, uow: UoW) -> Taken:
    """Keep readings of mounted devices, each with the trip its vehicle was on then; bad ones are named, good ones
    kept. Late, repeated and out of order is fine. A trip that has everything on board departs when it is seen leaving.
    """
    return await usecases.keep_points(uow, body.points)


@router.post("/trips/{trip_id}/points")
async def keep_trip_points(trip_id: TripId, body: PointsInput, uow: UoW) -> PointsAnswer:
    """Keep a device's readings of a trip; bad ones are named, good ones kept. Late, repeated and out of order is
    fine. With everything on board it departs when it is seen leaving."""
    taken = await usecases.keep_trip_points(uow, trip_id, body.device_id, body.points)
    alarms = await coldchain.alarms_of(uow, [trip_id])
    return PointsAnswer(
        **taken.model_dump(), alarms=[AlarmRead.model_validate(row, from_attributes=True) for row in alarms]
    )


@router.get("/trips/{trip_id}/points", response_model=Points)
async def list_points(trip_id: TripId, uow: UoW, page: Page) -> Any:
    """List a trip's readings by device and sequence; `after` is the `next` of the page before."""
    trip = await trips.read_trip(uow, trip_id)
    rows = await queries.page_of(uow, trip, page.limit + 1, _place(page.after))
    more = len(rows) > page.limit
    rows = rows[: page.limit]
    return {"items": rows, "next": f"{rows[-1].device_id}.{rows[-1].sequence}" if more else None}


def _place(after: str | None) -> tuple[str, int] | None:
    if after is None:
        return None
    device_id, _, sequence = after.rpartition(".")
    if not sequence.isascii() or not sequence.isdigit() or len(sequence) > 10:
        raise DomainError("cursor", "`after` is the `next` of the page before", field="after")
    return device_id, min(int(sequence), 2_000_000_000)


@router.put("/tracking-rules")
async def put_rules(rows: RuleRows, uow: UoW) -> Imported:
    """Say how trips are followed from a day on: geofence, delays that matter, how long readings are kept."""
    return await rules.put_rules(uow, rows)


@router.get("/tracking-rules")
async def list_rules(uow: UoW) -> RuleList:
    """List the rules of following trips by day, after what holds where nobody has said anything."""
    default = RuleRead(**asdict(DEFAULT) | {"valid_from": None})
    return RuleList(items=[default, *(RuleRead(**asdict(rule)) for rule in await queries.all_rules(uow))])


BoardDay = Annotated[Day, Query(examples=["2026-11-30"])]


@router.get("/board")
async def read_board(uow: UoW, day: BoardDay, county_code: InCounty = None) -> Board:
    """Show a day's trips: where each was last, how cold, when it is expected at its stops, and alarms that wait."""
    return Board(items=await board.board(uow, county_code, day))


@router.get(
    "/board/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def stream_board(
    request: Request,
    county_code: InCounty = None,
    last_event_id: Annotated[str | None, Header(description="the id of the last event that came")] = None,
) -> StreamingResponse:
    """Stream what changes on the board as server-sent events: an event `trip` is a trip's whole state, as in `/board`.

    It begins with the trips that changed since the day before or, after a connection was lost, since `Last-Event-ID`.
    It ends when the token expires.
    """
    principal: Principal = request.state.principal
    service: Service = request.app.state.service
    since = board.instant_after(last_event_id, service.clock.now())
    events = board.stream(service, county_code, since, principal.expires_at)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)
