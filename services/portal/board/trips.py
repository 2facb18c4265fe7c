"""The trip that is looked at, and what a dispatcher does about it."""

from typing import Annotated, Any

from fastapi import Path, Request, Response

from services.portal.board import views
from services.portal.board.detail import Picked, picked_of
from services.portal.board.routes import router
from services.portal.board.views import OFFICE, Known
from services.portal.rendering import page
from services.portal.upstream import Asking, Upstream
from shared.fields import Id

TripId = Annotated[Id, Path()]
_MOST_READINGS = 20_000


@router.get("/board/trips/{trip_id}")
async def trip(request: Request, services: Asking, trip_id: TripId) -> Response:
    """Show a trip: its way stop by stop, its temperatures, its alarms, and what can be done about it."""
    picked = await found(request, services, trip_id)
    return page(request, "board/trip.html", picked=picked, **seen(request))


async def found(request: Request, services: Upstream, trip_id: str, known: Known | None = None) -> Picked:
    """Return a trip as it is looked at. Raises Refused, Away."""
    trip = await services.get("logistics", f"/trips/{trip_id}")
    county = {"county_code": trip["county_code"]}
    asked = {
        "board": services.get("logistics", "/board", {**county, "day": trip["day"]}),
        "cold": services.get("logistics", f"/trips/{trip_id}/cold-chain"),
        "readings": services.items("logistics", f"/trips/{trip_id}/points", {"limit": 1000}, _MOST_READINGS),
    }
    if known is None:
        asked["places"] = services.items("logistics", "/places", county)
        asked["vehicles"] = services.items("logistics", "/vehicles", county)
    told = await services.parts(**asked)
    if known is None:
        known = views.known_of(told["places"], told["vehicles"])
    board = told["board"]["items"] if isinstance(told["board"], dict) else []
    itself = next((one for one in board if one["trip_id"] == trip_id), None)
    run = views.run_of(trip, itself, known, request.app.state.service.clock.now())
    return picked_of(run, trip, itself, told["cold"], told["readings"], known)


def seen(request: Request) -> dict[str, Any]:
    """Return what every template of the board needs of who looks: the language, and whether they change something."""
    return {
        **views.WORDS,
        "language": request.state.language,
        "may_act": bool(request.state.person.roles & OFFICE),
    }
