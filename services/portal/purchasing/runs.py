"""Sourcing runs started from the board: what would be ordered, how far a run is, what came of it, what would be better.

What a run finds is ordered at once: so what it will look at is shown before it is started. Only a week that was
compared again waits for somebody to take it.
"""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Path, Request, Response

from services.portal.asking import day_of
from services.portal.forms import Fields, Form, Invalid, fields_of
from services.portal.purchasing import outcome, views
from services.portal.purchasing.asking import County, Week, decides, names_of, window_of
from services.portal.rendering import page
from services.portal.routing import back_to, page_router
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.fields import Id

router = page_router(prefix="/purchasing/runs", tags=["purchasing"])
RunId = Annotated[Id, Path(examples=["walk-1"])]
_SHOWN_CHANGES = 100
_SHOWN_SHORT = 50


@router.get("/new")
async def look_first(request: Request, services: Asking, county_code: County = None, week: Week = None) -> Response:
    """Show what a run would look for, and until when it can."""
    monday = str(views.week_of(week, day_of(request)))
    county = county_code or request.state.person.principal.only_county
    if county is None:
        return back_to("/purchasing")
    form = Form.new("/purchasing/runs", {"week": monday, "county_code": county})
    return await _new(request, services, form)


async def _new(request: Request, services: Upstream, form: Form, status: int = 200) -> Response:
    monday = views.week_of(views.day_or_none(form.value("week")), day_of(request))
    county = form.value("county_code")
    told = await services.parts(
        needs=services.get("procurement", "/needs", window_of(monday) | {"county_code": county})
    )
    needs = told["needs"]
    shown: dict[str, Any] = {"needs": needs}
    if not isinstance(needs, Away):
        now = request.app.state.service.clock.now()
        waiting = [row for row in views.rows(needs, request.state.language) if row.gap_g]
        shown |= {"sums": views.sums(needs), "deadline": views.deadline(needs, now), "rows": waiting}
    return page(request, "purchasing/new_run.html", status, form=form, county=county, monday=str(monday), **shown)


@router.post("")
async def start(request: Request, services: Asking) -> Response:
    """Start a run of a county's week."""
    fields = await fields_of(request)
    try:
        county = fields.text("county_code", longest=64)
        monday = fields.day("week")
        fields.check()
        body = {"county_code": county, "week_start": str(monday)}
        queued = await services.post("procurement", "/sourcing-runs", body, key=fields.key)
    except (Invalid, Refused, Away) as refused:
        return await _new(request, services, Form.again("/purchasing/runs", fields, refused, {"week_start": ""}), 422)
    return back_to(f"/purchasing/runs/{queued['run_id']}")


@router.get("/{run_id}")
async def run(request: Request, services: Asking, run_id: RunId) -> Response:
    """Show how far a run is, and what came of it; of one that only compared, what would be better."""
    return await _run(request, services, run_id)


async def _run(
    request: Request, services: Upstream, run_id: str, status: int = 200, taking: Form | None = None
) -> Response:
    found = await services.get("procurement", f"/sourcing-runs/{run_id}")
    shown: dict[str, Any] = {"run": found, "difference": None, "changes": [], "short": [], "more": False}
    if found["kind"] == "exact" and found["status"] == "done" and decides(request):
        shown |= await _difference(services, request, run_id)
    if found["kind"] != "exact" and found["lines_unmet"]:
        shown |= await _short(services, request, run_id)
    difference = shown["difference"]
    if difference is not None:  # what is shown now is what the next tap takes
        present = {"version": difference["version"]}
        taking = (
            Form.new(f"/purchasing/runs/{run_id}/take", present) if taking is None else replace(taking, values=present)
        )
    return page(
        request,
        "purchasing/run.html",
        status,
        **shown,
        taking=taking,
        cancelling=Form.new(f"/purchasing/runs/{run_id}/cancel") if decides(request) else None,
        under_way=found["status"] in outcome.UNDER_WAY,
        decides=decides(request),
    )


async def _short(services: Upstream, request: Request, run_id: str) -> dict[str, Any]:
    told = await services.parts(
        short=services.get("procurement", f"/sourcing-runs/{run_id}/shortfalls", {"limit": _SHOWN_SHORT})
    )
    if isinstance(told["short"], Away):
        return {}
    items = told["short"]["items"]
    names = await names_of(services, [each | {"lines": [each]} for each in items])
    short = outcome.shortfalls(items, names, request.state.language)
    return {"short": short, "more": told["short"]["next"] is not None}


async def _difference(services: Upstream, request: Request, run_id: str) -> dict[str, Any]:
    try:
        told = await services.parts(
            difference=services.get("procurement", f"/sourcing-runs/{run_id}/difference"),
            changes=services.get("procurement", f"/sourcing-runs/{run_id}/changes", {"limit": _SHOWN_CHANGES}),
        )
    except Refused as refused:
        if refused.status != 404:  # it found that nothing could be given anew
            raise
        return {}
    if any(isinstance(part, Away) for part in told.values()):
        return {}
    items = told["changes"]["items"]
    names = await names_of(services, [each | {"lines": [each]} for each in items])
    changes = outcome.changes(items, names, request.state.language)
    return {"difference": told["difference"], "changes": changes, "more": told["changes"]["next"] is not None}


@router.post("/{run_id}/cancel")
async def cancel(request: Request, services: Asking, run_id: RunId) -> Response:
    """Stop a run; what it has ordered stands."""
    fields = await fields_of(request)
    try:
        await services.post("procurement", f"/sourcing-runs/{run_id}/cancel", key=fields.key)
    except Refused as refused:
        if refused.rule != "run-has-ended":  # it was done before the tap arrived: its page says so
            raise
    return back_to(f"/purchasing/runs/{run_id}")


@router.post("/{run_id}/take")
async def take(request: Request, services: Asking, run_id: RunId) -> Response:
    """Order what a comparison found, in the place of what nobody has answered yet."""
    fields = await fields_of(request)
    try:
        version = fields.whole("version", least=1)
        fields.check()
        await services.post(
            "procurement",
            f"/sourcing-runs/{run_id}/difference/take",
            {"official": request.state.person.login, "reason": "the comparison was taken in the portal"},
            key=fields.key,
            version=version,
        )
    except (Invalid, Refused, Away) as refused:
        again = _without_version(fields, run_id, refused)
        return await _run(request, services, run_id, 422, again)
    return back_to(f"/purchasing/runs/{run_id}")


def _without_version(fields: Fields, run_id: str, refused: Invalid | Refused | Away) -> Form:
    return Form.again(f"/purchasing/runs/{run_id}/take", fields, refused, {"version": ""})
