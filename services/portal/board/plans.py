"""Planning a day: wishes, progress, the difference before anything changes, and applying it."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Path, Query, Request, Response

from services.portal.board import planning, views
from services.portal.board.asking import Board, OfCounty, OfDay, board_of
from services.portal.board.planning import ACTIONS, RUNNING, Wish, wishes_of
from services.portal.board.routes import router
from services.portal.board.seen import OfTrip, said, seen
from services.portal.forms import Fields, Form, Invalid, fields_of
from services.portal.languages import N_
from services.portal.rendering import page
from services.portal.routing import back_to
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.auth.principal import EVERYWHERE
from shared.fields import Id

PlanId = Annotated[Id, Path()]
OrderId = Annotated[Id, Path()]
Wishes = Annotated[list[str], Query(max_length=200)]
_SEARCH = {"seconds": 20}


@router.get("/board/plan")
async def plan_day(
    request: Request,
    services: Asking,
    county: OfCounty = None,
    day: OfDay = None,
    wish: Wishes = [],  # noqa: B006 (FastAPI copies it)
    trip: OfTrip = None,
) -> Response:
    """Show what planning a day would do, with wishes for trips and stops; it changes nothing yet."""
    chosen = await board_of(request, services, county, day)
    if chosen is None:
        return page(request, "board/nowhere.html")
    return await _plan_page(request, services, chosen, wishes_of(wish), trip)


@router.post("/board/wishes")
async def add_wish(request: Request, services: Asking) -> Response:
    """Take a wish in: it stands in the address of the page, and changes nothing until a plan is applied."""
    fields = await fields_of(request)
    chosen = await _board_of(request, services, fields)
    trip_id, wishes = fields.values.get("trip", ""), wishes_of(fields.several("wish"))
    action = fields.one_of("wanted", ACTIONS)
    vehicle_id = fields.values.get("vehicle", "") if action == "move" else ""
    if action == "move" and not vehicle_id:
        fields.faults["vehicle"] = N_("Choose the vehicle it goes to.")
    if fields.faults:
        form = Form("/board/wishes", fields.values, fields.faults, key=fields.key)
        return await _plan_page(request, services, chosen, wishes, trip_id, form, 422)
    more = wishes_of([f"{action}.{trip_id}.{fields.values.get('sequence', '')}.{vehicle_id}"])
    return back_to(_where(chosen, wishes_of([each.text for each in [*wishes, *more]])))


@router.post("/board/plans")
async def begin(request: Request, services: Asking) -> Response:
    """Begin to plan a day: what rides nowhere yet, or anew around wishes, which is only proposed."""
    fields = await fields_of(request)
    chosen = await _board_of(request, services, fields)
    wishes = wishes_of(fields.several("wish"))
    body: dict[str, Any] = chosen.query | _SEARCH
    try:
        if fields.values.get("how") == "anew":
            body["changes"] = [each.body for each in wishes]
            made = await services.post("logistics", "/trip-plans/anew", body, key=fields.key)
        elif fields.values.get("how") == "province":
            made = await services.post("logistics", "/day-plans", {"day": body["day"], **_SEARCH}, key=fields.key)
            return back_to(f"/board/day-plans/{made['day_plan_id']}")
        else:
            made = await services.post("logistics", "/trip-plans", body, key=fields.key)
    except (Refused, Away) as refused:
        form = Form.again("/board/plans", fields, refused)
        return await _plan_page(request, services, chosen, wishes, None, begun=form, status=422)
    return back_to(f"/board/plans/{made['plan_id']}")


@router.post("/board/orders/{order_id}/give-up")
async def give_up(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Give up an order that nothing can bring in time: what its school lacks then is asked of others."""
    fields = await fields_of(request)
    chosen = await _board_of(request, services, fields)
    reason = fields.text("reason")
    try:
        fields.check()
        await services.post("logistics", f"/consignments/{order_id}/give-up", {"reason": reason}, key=fields.key)
    except (Invalid, Refused, Away) as refused:
        form = Form.again(f"/board/orders/{order_id}/give-up", fields, refused)
        return await _plan_page(request, services, chosen, [], None, status=422, given_up=form)
    return back_to(_where(chosen, []))


@router.get("/board/plans/{plan_id}")
async def show_plan(request: Request, services: Asking, plan_id: PlanId) -> Response:
    """Show how far a plan is; of a proposed one what it would change, before it is applied."""
    return await _shown(request, services, plan_id)


@router.post("/board/plans/{plan_id}/apply")
async def apply(request: Request, services: Asking, plan_id: PlanId) -> Response:
    """Let a proposed plan replace the trips of its day."""
    return await _act(request, services, plan_id, "apply")


@router.post("/board/plans/{plan_id}/cancel")
async def cancel(request: Request, services: Asking, plan_id: PlanId) -> Response:
    """Give a plan up; the trips stay as they are."""
    return await _act(request, services, plan_id, "cancel")


@router.get("/board/day-plans/{plan_id}")
async def show_day_plan(request: Request, services: Asking, plan_id: PlanId) -> Response:
    """Show how far the planning of all counties is."""
    plan = await services.get("logistics", f"/day-plans/{plan_id}")
    return page(request, "board/province.html", plan=plan, is_running=plan["status"] == "running", **seen(request))


@router.post("/board/day-plans/{plan_id}/cancel")
async def cancel_day_plan(request: Request, services: Asking, plan_id: PlanId) -> Response:
    """Give up what is not planned yet; trips of counties that are done stand."""
    fields = await fields_of(request)
    await services.post("logistics", f"/day-plans/{plan_id}/cancel", key=fields.key)
    return back_to(f"/board/day-plans/{plan_id}")


async def _act(request: Request, services: Upstream, plan_id: str, what: str) -> Response:
    fields = await fields_of(request)
    try:
        await services.post("logistics", f"/trip-plans/{plan_id}/{what}", key=fields.key)
    except (Refused, Away) as refused:
        form = Form.again(f"/board/plans/{plan_id}/{what}", fields, refused)
        return await _shown(request, services, plan_id, form, 422)
    return back_to(f"/board/plans/{plan_id}")


async def _shown(
    request: Request, services: Upstream, plan_id: str, form: Form | None = None, status: int = 200
) -> Response:
    plan = await services.get("logistics", f"/trip-plans/{plan_id}")
    county = {"county_code": plan["county_code"]}
    told: dict[str, Any] = {"orders": [], "places": [], "vehicles": []}
    if plan["differences"] is not None:
        query = {**county, "delivery_day": plan["day"]}
        told = await services.parts(
            orders=services.items("logistics", "/consignments", query, 20_000),
            places=services.items("logistics", "/places", county),
            vehicles=services.items("logistics", "/vehicles", county),
        )
    known = views.known_of(told["places"], told["vehicles"])
    return page(
        request,
        "board/planned.html",
        status,
        plan=plan,
        where=f"/board?{urlencode({'county': plan['county_code'], 'day': plan['day']})}",
        is_running=plan["status"] in RUNNING,
        differences=planning.differences_of(plan, told["orders"], known),
        unplanned=planning.unplanned_of(plan),
        fault=None if form is None else said(form),
        **seen(request),
    )


async def _board_of(request: Request, services: Upstream, fields: Fields) -> Board:
    day = fields.day("day")
    county = fields.text("county", longest=20)
    fields.check()
    chosen = await board_of(request, services, county, day)
    assert chosen is not None  # noqa: S101 (a county is named)
    return chosen


async def _plan_page(
    request: Request,
    services: Upstream,
    chosen: Board,
    wishes: list[Wish],
    trip: str | None,
    form: Form | None = None,
    status: int = 200,
    begun: Form | None = None,
    given_up: Form | None = None,
) -> Response:
    county = {"county_code": chosen.county_code}
    wanted = {each.trip_id for each in wishes} | ({trip} if trip else set())
    told = await services.parts(
        trips=services.items("logistics", "/trips", chosen.query, 5_000),
        orders=services.items("logistics", "/consignments", {**county, "delivery_day": str(chosen.day)}, 20_000),
        places=services.items("logistics", "/places", county),
        vehicles=services.items("logistics", "/vehicles", county),
    )
    trips = [] if isinstance(told["trips"], Away) else told["trips"]
    there = sorted(wanted & {one["trip_id"] for one in trips})
    details = await services.parts(**{one: services.get("logistics", f"/trips/{one}") for one in there})
    known = views.known_of(told["places"], told["vehicles"])
    everywhere = EVERYWHERE in request.state.person.principal.counties
    return page(
        request,
        "board/plan.html",
        status,
        board=chosen,
        wishes=[(each, _where(chosen, [one for one in wishes if one is not each])) for each in wishes],
        picked=details.get(trip) if trip else None,
        details=details,
        trips=[one for one in trips if one["status"] == "planned"],
        known=known,
        away=next((part for part in told.values() if isinstance(part, Away)), None),
        stranded=[] if isinstance(told["orders"], Away) else planning.stranded_of(told["orders"], known),
        given_up=given_up,
        to_plan=None if isinstance(told["orders"], Away) else planning.open_orders(told["orders"]),
        form=form or Form.new("/board/wishes", {"wanted": "pin", "trip": trip or ""}),
        fault=None if begun is None else said(begun),
        everywhere=everywhere,
        actions=ACTIONS,
        **seen(request),
    )


def _where(chosen: Board, wishes: list[Wish]) -> str:
    query = [("county", chosen.county_code), ("day", str(chosen.day)), *(("wish", each.text) for each in wishes)]
    return f"/board/plan?{urlencode(query)}"
