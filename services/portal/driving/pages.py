"""Routes of the run sheet: the driver's day, and what happens on the way."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from services.portal.asking import day_of
from services.portal.driving import views
from services.portal.driving.fields import arrival_of, breakdown_of, orders_of, scans_of
from services.portal.forms import Fields, Form, Invalid, fields_of
from services.portal.languages import N_
from services.portal.naming import food_names
from services.portal.navigation import Entry
from services.portal.near import days_near
from services.portal.offline.answers import shown_again, taken
from services.portal.phones import phones_of
from services.portal.rendering import page, page_of
from services.portal.routing import page_router
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.auth.principal import Role
from shared.fields import Day, Id

router = page_router(prefix="/driving", tags=["driving"])
entries = [
    Entry(
        "/driving",
        N_("Run sheet"),
        N_("Today's stops: load, drive, arrive. It works without a network."),
        frozenset({Role.DRIVER}),
        "road",
        place=10,
    )
]
refusals = {
    "trip-over": N_("This trip is over."),
    "trip-departed": N_("This trip has departed already. What is not on board is planned anew."),
    "trip-not-departed": N_("The trip has not departed yet. Tap “Depart” first."),
    "nothing-on-board": N_("Nothing on board is for this place any more."),
    "wrong-lot": N_("This lot is not for this trip. Leave it where it is."),
    "not-dispatched": N_("The cooperative has not said yet what it packed. Ask it to enter that, then tap again."),
    "nothing-packed": N_("Nothing was packed for this order. There is nothing to load."),
    "cancelled": N_("This order was called off. Leave it where it is."),
    "not-on-trip": N_("This is not on this trip any more. Load the page again."),
    "unknown-stop": N_("This place is not on this trip any more. Load the page again."),
}
TripId = Annotated[Id, Path(examples=["0b8f4d0e-6d0e-5a50-9d0b-2f7c6b1f3f10"])]
StopNumber = Annotated[int, Path(ge=0, le=1000, examples=[1])]
"""Which stop the form belongs to; what is done there is in its fields, as they were when it was shown."""
DayAsked = Annotated[Day | None, Query(examples=["2026-11-30"])]
_TEMPLATE = "driving/sheet.html"


@router.get("")
async def show_day(request: Request, services: Asking, day: DayAsked = None) -> Response:
    """Show the trip a driver is on or begins next, and the day's others."""
    present = day_of(request)
    wanted = day or present
    trips = await _trips_on(request, services, wanted)
    found = views.present_of(trips)
    trip = None if found is None else await _trip(request, services, found["trip_id"])
    mine = sorted(request.state.person.principal.drivers)
    whose = [] if trips else [{"driver_id": driver_id} for driver_id in mine]
    near = await days_near(services, "/trip-days", wanted, whose)
    told = {"trip": trip, "trips": trips, "present": present, "near": near, "form": None}
    return page(request, _TEMPLATE, **told | _days(wanted))


@router.get("/{trip_id}")
async def show_trip(request: Request, services: Asking, trip_id: TripId) -> Response:
    """Show one trip."""
    return page(request, _TEMPLATE, **await _shown(request, services, trip_id), form=None)


@router.post("/{trip_id}/stops/{stop}/scans")
async def scan(request: Request, services: Asking, trip_id: TripId, stop: StopNumber) -> Response:
    """Check lots that are put on the vehicle; a wrong or a recalled one is said."""
    fields = await fields_of(request)
    try:
        body = {"by": _name_of(request), "scans": scans_of(fields)}
        fields.check()
        told = await services.post("logistics", f"/trips/{trip_id}/scans", body, key=fields.key)
        _refuse_first("logistics", told["refused"], "label")
    except (Invalid, Refused) as refused:
        return await _again(request, services, trip_id, fields, refused)
    return taken(request, f"/driving/{trip_id}")


@router.post("/{trip_id}/stops/{stop}/load")
async def load(request: Request, services: Asking, trip_id: TripId, stop: StopNumber) -> Response:
    """Say that a stop's orders are on board; where nothing could be loaded it is said why."""
    fields = await fields_of(request)
    try:
        body = {"order_ids": orders_of(fields)}
        fields.check()
        told = await services.post("logistics", f"/trips/{trip_id}/load", body, key=fields.key)
        if not set(told["loaded"]) & set(body["order_ids"]):
            _refuse_first("logistics", told["left"], "orders")
    except (Invalid, Refused) as refused:
        return await _again(request, services, trip_id, fields, refused)
    return taken(request, f"/driving/{trip_id}")


@router.post("/{trip_id}/depart")
async def depart(request: Request, services: Asking, trip_id: TripId) -> Response:
    """Leave with what is on board."""
    fields = await fields_of(request)
    try:
        await services.post("logistics", f"/trips/{trip_id}/depart", key=fields.key)
    except Refused as refused:
        return await _again(request, services, trip_id, fields, refused)
    return taken(request, f"/driving/{trip_id}")


@router.post("/{trip_id}/stops/{stop}/arrive")
async def arrive(request: Request, services: Asking, trip_id: TripId, stop: StopNumber) -> Response:
    """Stand at a school's gate or a collection point."""
    fields = await fields_of(request)
    try:
        body = arrival_of(fields)
        fields.check()
        await services.post("logistics", f"/trips/{trip_id}/arrive", body, key=fields.key)
    except (Invalid, Refused) as refused:
        return await _again(request, services, trip_id, fields, refused)
    return taken(request, f"/driving/{trip_id}")


@router.post("/{trip_id}/breakdown")
async def break_down(request: Request, services: Asking, trip_id: TripId) -> Response:
    """Say that the vehicle goes no further; others are found for what is on board."""
    fields = await fields_of(request)
    try:
        body = breakdown_of(fields)
        fields.check()
        await services.post("logistics", f"/trips/{trip_id}/breakdown", body, key=fields.key)
    except (Invalid, Refused) as refused:
        return await _again(request, services, trip_id, fields, refused)
    return taken(request, f"/driving/{trip_id}")


def _name_of(request: Request) -> str:
    """Return who scans, as logistics names people: the driver."""
    return min(request.state.person.principal.drivers, default="driver")


def _refuse_first(service: str, left: list[dict[str, Any]], field: str) -> None:
    """Raise what an answer refused of a part as the refusal of the whole, where there is any."""
    if left:
        raise Refused(service, 409, {"rule": left[0]["rule"], "detail": left[0]["detail"], "field": field})


async def _again(
    request: Request, services: Upstream, trip_id: str, fields: Fields, refused: Invalid | Refused
) -> Response:
    form = Form.again(request.url.path, fields, refused, {"lot_id": "label"})
    return shown_again(request, _TEMPLATE, form, **await _shown(request, services, trip_id))


async def _trips_on(request: Request, services: Upstream, day: date) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for driver_id in sorted(request.state.person.principal.drivers):
        found += await services.items("logistics", "/trips", {"driver_id": driver_id, "day": day.isoformat()})
    return sorted(found, key=lambda trip: (trip["starts_at"], trip["number"]))


async def _shown(request: Request, services: Upstream, trip_id: str) -> dict[str, Any]:
    trip = await _trip(request, services, trip_id)
    day = date.fromisoformat(trip.starts_at[:10])
    present = day_of(request)
    trips = await _trips_on(request, services, day)
    return {"trip": trip, "trips": trips, "present": present} | _days(day)


def _days(day: date) -> dict[str, Any]:
    one = timedelta(1)
    told = {"day": day, "before": day - one, "after": day + one}
    return told | {"trip_status": views.TRIP_STATUS, "classes": views.CLASSES}


async def _trip(request: Request, services: Upstream, trip_id: str) -> views.Trip:
    """Return a trip with all that is known of it. Raises Away, Refused."""
    where = f"/trips/{trip_id}"
    told = await services.parts(
        sheet=services.get("logistics", f"{where}/run-sheet"),
        detail=services.get("logistics", where),
        check=services.get("logistics", f"{where}/loading-check"),
        phones=services.get("logistics", f"{where}/phones"),
    )
    phones = phones_of(told.pop("phones"))  # a sheet without them is one all the same
    for part in told.values():
        if isinstance(part, Away):
            raise part
    language = page_of(request).language
    names = await food_names(services, views.foods_in(told["sheet"]), language)
    return views.trip_of(**told, phones=phones, names=names, language=language)
