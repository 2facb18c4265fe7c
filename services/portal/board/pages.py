"""The dispatcher's board: runs of a day by urgency, live, with a map, and the trip that is looked at."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Header, Query, Request, Response

from services.portal.board import live, plans, views
from services.portal.board.asking import Board, OfCounty, OfDay, board_of
from services.portal.board.routes import router
from services.portal.board.seen import OfTrip, seen
from services.portal.board.trips import found
from services.portal.board.watching import Watcher
from services.portal.languages import N_
from services.portal.layers import layer_of
from services.portal.navigation import Entry
from services.portal.near import Near, days_near
from services.portal.rendering import page
from services.portal.upstream import Asking, Away, Upstream
from shared.auth.principal import Role
from shared.errors import NotFound
from shared.streaming import Stream

__all__ = ["entries", "plans", "refusals", "router"]
entries = [
    Entry(
        "/board",
        N_("Trips today"),
        N_("Late, warm and silent trips first, on a map, as they drive."),
        frozenset({Role.DISPATCHER, Role.ADMINISTRATOR, Role.OFFICIAL}),
        "truck",
        place=10,
    )
]
refusals = {
    "nothing-loaded": N_("Nothing is loaded on this trip yet."),
    "trip-over": N_("This trip is over."),
    "plan-outdated": N_("Something has changed since this was planned: plan again."),
    "nothing-proposed": N_("There is nothing to apply any more."),
    "nothing-to-plan": N_("Every order of this day is on a trip already."),
    "plan-finished": N_("This plan is finished: its trips stand."),
    "day-is-past": N_("Days that are over are not planned."),
    "day-too-far": N_("This day is too far ahead."),
    "alarm-acknowledged": N_("Somebody else has dealt with this alarm."),
}
_MOST_TRIPS = 5_000
After = Annotated[str | None, Query(max_length=20)]


@router.get("/board")
async def board(
    request: Request, services: Asking, county: OfCounty = None, day: OfDay = None, trip: OfTrip = None
) -> Response:
    """Show a county's runs of a day, and the trip that is looked at."""
    chosen = await board_of(request, services, county, day)
    if chosen is None:
        return page(request, "board/nowhere.html")
    told = await _told(services, chosen)
    known, now = views.known_of(told["places"], told["vehicles"]), request.app.state.service.clock.now()
    trips_away = told["trips"] if isinstance(told["trips"], Away) else None
    board_away = told["board"] if isinstance(told["board"], Away) else None
    rows = None if isinstance(told["board"], Away) else told["board"]["items"]
    runs = [] if trips_away else views.runs_of(told["trips"], rows, known, now)
    picked = await found(request, services, trip, known) if trip is not None else None
    language = request.state.language
    return page(
        request,
        "board/board.html",
        board=chosen,
        runs=runs,
        away=trips_away or board_away,
        counts=views.counted(runs),
        places=views.collection(known, language),
        **seen(request),
        picked=picked,
        near=await _near(services, chosen, runs),
        layer=layer_of(request.app.state.service.settings.map_layers, chosen.county_code),
        fault=None,
        broken=None,
        noted=None,
    )


@router.get("/board/list")
async def run_list(
    request: Request, services: Asking, county: OfCounty = None, day: OfDay = None, by: str = "vehicle"
) -> Response:
    """Show what each vehicle, or each driver, does on a day, to print."""
    chosen = await board_of(request, services, county, day)
    if chosen is None:
        return page(request, "board/nowhere.html")
    told = await _told(services, chosen)
    if isinstance(told["trips"], Away):
        raise told["trips"]
    rows = None if isinstance(told["board"], Away) else told["board"]["items"]
    known, now = views.known_of(told["places"], told["vehicles"]), request.app.state.service.clock.now()
    runs = views.runs_of(told["trips"], rows, known, now)
    by = by if by in ("vehicle", "driver") else "vehicle"
    near = await _near(services, chosen, runs)
    driven = views.driven(runs, by)
    return page(request, "board/list.html", board=chosen, by=by, driven=driven, near=near, **seen(request))


@router.get("/board/stream", response_class=Response)
async def stream(
    request: Request,
    services: Asking,
    county: OfCounty = None,
    day: OfDay = None,
    after: After = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Stream what changes on a board as server-sent events: `run` is a row, `gone` the id of a trip that is no more,
    `state` how the board is followed, `missed` that the list is to be loaded again. It ends with the token."""
    chosen = await board_of(request, services, county, day)
    if chosen is None:
        raise NotFound("board", "none", field="county")
    person = request.state.person
    # Logistics says whether they may: what the hub hears it hears for all who watch.
    await services.get("logistics", "/board", chosen.query)
    hub = live.hub_of(request.app.state.service, chosen.county_code)
    watcher = Watcher(str(chosen.day), request.state.language, person.token, person.principal.expires_at, live.written)
    return Stream(live.events(hub, watcher, last_event_id or after), watcher.close)


async def _near(services: Upstream, chosen: Board, runs: Sequence[views.Run]) -> Near:
    """Return the days nearest to an empty one on which the county has trips; none beside a day that has some."""
    return await days_near(services, "/trip-days", chosen.day, [] if runs else [{"county_code": chosen.county_code}])


async def _told(services: Upstream, chosen: Board) -> dict[str, Any]:
    in_county = {"county_code": chosen.county_code}
    return await services.parts(
        trips=services.items("logistics", "/trips", chosen.query, _MOST_TRIPS),
        board=services.get("logistics", "/board", chosen.query),
        places=services.items("logistics", "/places", in_county),
        vehicles=services.items("logistics", "/vehicles", in_county),
    )
