"""A published menu: as it stands, how it came to be so, changed or taken back with a reason, copied to another week."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from fastapi import Request, Response

from services.portal.asking import day_of, number_of
from services.portal.forms import Fields, Form, Invalid, fields_of
from services.portal.languages import N_
from services.portal.planner import asking, views
from services.portal.planner.board import board_of
from services.portal.planner.content import coming_monday
from services.portal.rendering import page
from services.portal.routing import back_to, page_router
from services.portal.terms import MEALS, NUTRIENTS
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.fields import Id

Told = Mapping[str, Any]
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
router = page_router(prefix="/planner/menus", tags=["planner"])
DONE: Mapping[str, str] = {
    "published": N_("Published. Cooperatives are asked for the food now; you see in your orders what they answer."),
    "amended": N_("Changed. Whoever delivers hears of it."),
    "withdrawn": N_("Taken back. Nothing is delivered for the days that had not begun."),
}
CHANGES: Mapping[str, str] = {
    "published": N_("Published"),
    "amended": N_("Changed"),
    "withdrawn": N_("Taken back"),
}
HOWS: Mapping[str, tuple[str, str]] = {
    "added": ("info", N_("new")),
    "left_out": ("warn", N_("left out")),
    "changed": ("info", N_("changed")),
}


@router.get("/{menu_id}")
async def menu(request: Request, services: Asking, menu_id: Id, done: str = "", day: str = "") -> Response:
    """Show a menu as it stands."""
    return await show_menu(request, services, menu_id, done=DONE.get(done), day=day)


async def show_menu(
    request: Request,
    services: Upstream,
    menu_id: str,
    *,
    done: str | None = None,
    day: str | None = None,
    withdraw: Form | None = None,
    status: int = 200,
) -> Response:
    """Return the page of a menu."""
    menu = await services.get("nutrition", f"/menus/{menu_id}")
    query = {"canteen_id": menu["canteen_id"], "week_start": menu["week_start"]}
    asked = services.items("nutrition", "/menu-drafts", query)
    board = await board_of(request, services, menu, views.as_drafted(menu), f"/menus/{menu_id}", day, drafts=asked)
    today, monday = day_of(request), date.fromisoformat(menu["week_start"])
    base, coming = f"/planner/menus/{menu_id}", max(coming_monday(today), monday + _WEEK).isoformat()
    drafts = [] if isinstance(board.told["drafts"], Away) else board.told["drafts"]
    return page(
        request,
        "planner/menu.html",
        status,
        **board.context,
        menu=menu,
        done=done,
        history=[(one, CHANGES[one["change"]]) for one in reversed(menu["versions"])],
        can_change=menu["status"] in ("published", "amended") and monday + _WEEK > today + _DAY,
        amend=Form.new(f"{base}/amend"),
        withdraw=withdraw or Form.new(f"{base}/withdraw", {"version": menu["version"]}),
        copy=Form.new(f"/planner/schools/{menu['canteen_id']}/copies", {"week": coming, "menu_id": menu_id}),
        coming=coming,
        drafts=[one for one in drafts if one["status"] != "published"],
    )


@router.post("/{menu_id}/amend")
async def amend(request: Request, services: Asking, menu_id: Id) -> Response:
    """Begin to change a menu: a draft says what it says now, and is put into force with a reason."""
    fields = await fields_of(request)
    menu = await services.get("nutrition", f"/menus/{menu_id}")
    body = {"canteen_id": menu["canteen_id"], "week_start": menu["week_start"], "days": views.as_drafted(menu)}
    draft = await services.post("nutrition", "/menu-drafts", body, key=fields.key)
    return back_to(f"/planner/drafts/{draft['draft_id']}")


@router.post("/{menu_id}/withdraw")
async def withdraw(request: Request, services: Asking, menu_id: Id) -> Response:
    """Take a menu back from its first day that has not begun, with a reason."""
    fields = await fields_of(request)
    try:
        await _withdraw(services, menu_id, fields)
    except (Invalid, Refused) as refused:
        form = Form.again(f"/planner/menus/{menu_id}/withdraw", fields, refused)
        return await show_menu(request, services, menu_id, withdraw=form, status=422)
    return back_to(f"/planner/menus/{menu_id}?done=withdrawn")


async def _withdraw(services: Upstream, menu_id: str, fields: Fields) -> None:
    version, reason = fields.whole("version", most=2_000_000_000), fields.text("reason")
    fields.check()
    where = f"/menus/{menu_id}/withdraw"
    await services.post("nutrition", where, {"reason": reason}, key=fields.key, version=version)


@router.get("/{menu_id}/changes")
async def changes(request: Request, services: Asking, menu_id: Id, since: str = "1", until: str = "") -> Response:
    """Show what is not what it was from one version of a menu to another."""
    menu = await services.get("nutrition", f"/menus/{menu_id}")
    last, from_asked, to_asked = menu["version"], number_of(since) or 1, number_of(until) or 1
    to_version = min(to_asked, last) if to_asked > 1 else last
    from_version = from_asked if from_asked < to_version else 1
    if last == 1:
        return back_to(f"/planner/menus/{menu_id}")
    query = {"from": from_version, "to": to_version}
    told = await services.parts(
        found=services.get("nutrition", f"/menus/{menu_id}/differences", query),
        dishes=services.items("nutrition", "/dishes", {"canteen_id": menu["canteen_id"]}),
        foods=services.items("nutrition", "/foods"),
        canteen=services.get("nutrition", f"/canteens/{menu['canteen_id']}"),
    )
    for part in told.values():
        if isinstance(part, Away):
            raise part
    found = told["found"]
    names = views.Names(request.state.language, told["dishes"])
    sides = [meal[side] for meal in found["meals"] for side in ("before", "after") if meal[side]]
    codes = {dish["dish_code"] for side in sides for dish in side["dishes"]}
    await asking.name_all(services, names, codes, menu["canteen_id"])
    return page(
        request,
        "planner/changes.html",
        menu=menu,
        found=found,
        names=names,
        foods=views.Names(request.state.language, told["foods"], key="food_code"),
        school=names.own(told["canteen"]),
        meal_names=MEALS,
        nutrients=NUTRIENTS,
        hows=HOWS,
        why=[(one, CHANGES[one["change"]]) for one in found["why"]],
    )
