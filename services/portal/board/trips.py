"""The trip that is looked at, and what a dispatcher does about it."""

import re
from typing import Annotated, Any

from fastapi import Path, Request, Response

from services.portal.board import views
from services.portal.board.detail import Picked, picked_of
from services.portal.board.routes import router
from services.portal.board.seen import TripId, said, seen
from services.portal.board.views import Known
from services.portal.forms import Fields, Form, Invalid, fields_of
from services.portal.languages import N_
from services.portal.rendering import page
from services.portal.routing import back_to
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.fields import Id

_MOST_READINGS = 20_000
_REPLAN_S = 5
_DEGREES = re.compile(r"-?[0-9]{1,3}([.][0-9]{1,15})?")


@router.get("/board/trips/{trip_id}")
async def trip(request: Request, services: Asking, trip_id: TripId) -> Response:
    """Show a trip: its way stop by stop, its temperatures, its alarms, and what can be done about it."""
    return await _trip_page(request, services, trip_id)


@router.post("/board/trips/{trip_id}/load")
async def load(request: Request, services: Asking, trip_id: TripId) -> Response:
    """Load everything of a trip that is packed."""
    return await _act(request, services, trip_id, "load", {})


@router.post("/board/trips/{trip_id}/depart")
async def depart(request: Request, services: Asking, trip_id: TripId) -> Response:
    """Send a trip off with what is loaded, where its driver cannot say so."""
    return await _act(request, services, trip_id, "depart", None)


@router.post("/board/trips/{trip_id}/breakdown")
async def break_down(request: Request, services: Asking, trip_id: TripId) -> Response:
    """End a trip where its vehicle broke down, and show the plan that finds who takes over."""
    fields = await fields_of(request)
    lat, lon = _spot(fields)
    body = {"lat": lat, "lon": lon, "reason": fields.text("reason"), "seconds": _REPLAN_S}
    try:
        fields.check()
        told = await services.post("logistics", f"/trips/{trip_id}/breakdown", body, key=fields.key)
    except (Invalid, Refused, Away) as refused:
        form = Form.again(f"/board/trips/{trip_id}/breakdown", fields, refused)
        return await _trip_page(request, services, trip_id, 422, broken=form)
    return back_to(f"/board/plans/{told['plan_id']}")


@router.post("/board/trips/{trip_id}/alarms/{alarm_id}")
async def acknowledge(request: Request, services: Asking, trip_id: TripId, alarm_id: Annotated[Id, Path()]) -> Response:
    """Say that an alarm was dealt with, and how."""
    fields = await fields_of(request)
    body = {"by": request.state.person.principal.subject, "note": fields.text("note")}
    try:
        fields.check()
        await services.post("logistics", f"/cold-chain-alarms/{alarm_id}/acknowledge", body, key=fields.key)
    except (Invalid, Refused, Away) as refused:
        form = Form.again(f"/board/trips/{trip_id}/alarms/{alarm_id}", fields, refused)
        return await _trip_page(request, services, trip_id, 422, noted=form)
    return back_to(f"/board/trips/{trip_id}")


async def found(request: Request, services: Upstream, trip_id: str, known: Known | None = None) -> Picked:
    """Return a trip as it is looked at. Raises Refused, Away."""
    trip = await services.get("logistics", f"/trips/{trip_id}")
    county = {"county_code": trip["county_code"]}
    asked = {
        "board": services.get("logistics", "/board", {**county, "day": trip["day"]}),
        "cold": services.get("logistics", f"/trips/{trip_id}/cold-chain"),
        "readings": services.items("logistics", f"/trips/{trip_id}/points", {"limit": 1000}, _MOST_READINGS),
    }
    if request.state.person.roles & views.OFFICE:
        asked["phones"] = services.get("logistics", f"/trips/{trip_id}/phones")
    if known is None:
        asked["places"] = services.items("logistics", "/places", county)
        asked["vehicles"] = services.items("logistics", "/vehicles", county)
    told = await services.parts(**asked)
    if known is None:
        known = views.known_of(told["places"], told["vehicles"])
    board = told["board"]["items"] if isinstance(told["board"], dict) else []
    itself = next((one for one in board if one["trip_id"] == trip_id), None)
    run = views.run_of(trip, itself, known, request.app.state.service.clock.now())
    return picked_of(run, trip, itself, told["cold"], told["readings"], known, told.get("phones"))


async def _act(request: Request, services: Upstream, trip_id: str, what: str, body: Any) -> Response:
    fields = await fields_of(request)
    try:
        await services.post("logistics", f"/trips/{trip_id}/{what}", body, key=fields.key)
    except (Refused, Away) as refused:
        form = Form.again(f"/board/trips/{trip_id}/{what}", fields, refused)
        return await _trip_page(request, services, trip_id, 422, fault=said(form))
    return back_to(f"/board/trips/{trip_id}")


async def _trip_page(request: Request, services: Upstream, trip_id: str, status: int = 200, **shown: Any) -> Response:
    picked = await found(request, services, trip_id)
    forms = {"fault": None, "broken": None, "noted": None} | shown
    return page(request, "board/trip.html", status, picked=picked, **forms, **seen(request))


def _spot(fields: Fields) -> tuple[float, float]:
    lat, _, lon = fields.values.get("spot", "").partition(",")
    if not (_DEGREES.fullmatch(lat) and _DEGREES.fullmatch(lon)):
        fields.faults["spot"] = N_("Choose where it stands.")
        return 0.0, 0.0
    return float(lat), float(lon)
