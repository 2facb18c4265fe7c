"""The week planner: whose week, which week, and what there is of it."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Query, Request, Response

from services.portal.asking import day_of
from services.portal.forms import Form, fields_of
from services.portal.languages import N_
from services.portal.navigation import Entry
from services.portal.planner import drafts, listing, menus, plans, publishing
from services.portal.planner.asking import own_canteens
from services.portal.planner.content import coming_monday, week_asked
from services.portal.planner.drafts import show_draft
from services.portal.planner.menus import show_menu
from services.portal.planner.views import Names, beside
from services.portal.rendering import page
from services.portal.routing import back_to, page_router
from services.portal.upstream import Asking, Upstream
from shared import counties
from shared.auth.principal import EVERYWHERE, Role
from shared.fields import Code, Id

router = page_router(tags=["planner"])
entries = [
    Entry(
        "/planner",
        N_("Week menu"),
        N_("Plan next week's meals within the standard and the money there is."),
        frozenset({Role.CANTEEN, Role.NUTRITIONIST}),
        "calendar",
        place=10,
    )
]
refusals = {
    "draft-published": N_("This draft was published already. Change the menu itself."),
    "draft-unchecked": N_("The draft was changed after it was checked. Look at it and publish it again."),
    "menu-exists": N_("There is a menu for this week already."),
    "menu-withdrawn": N_("This menu was taken back already."),
    "menu-closed": N_("Every day of this menu has begun or is over: nothing can be changed any more."),
    "day-closed": N_("A day that has begun stays as it is."),
    "too-many-drafts": N_("There are too many drafts of this week. Delete some of them first."),
    "nothing-served": N_("None of these meals can be served in that week."),
    "too-far-ahead": N_("That week is too far ahead."),
    "plan-has-ended": N_("This suggestion was finished or called off already."),
    "week-began": N_("That week has begun or is over."),
}


@router.get("/planner")
async def choose_school(
    request: Request,
    services: Asking,
    q: str = "",
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
) -> Response:
    """Show the week of one's own canteen, or let somebody with several choose one; of a province, a county first."""
    own = own_canteens(request)
    if len(own) == 1:
        return await _week(request, services, own[0], coming_monday(day_of(request)))
    monday = coming_monday(day_of(request)).isoformat()
    mine = request.state.person.principal.counties
    if not own and county_code is None and EVERYWHERE in mine:
        return page(request, "planner/counties.html", counties=sorted(counties.names()))
    asked = sorted(mine) if county_code is None else [county_code]
    schools = await listing.schools(services, request, own, asked, monday)
    found = listing.named_like(schools, q)
    return page(request, "planner/schools.html", schools=found, q=q[:100], monday=monday, county=county_code)


@router.get("/planner/schools/{canteen_id}")
async def show_week(request: Request, services: Asking, canteen_id: Id, week: str = "") -> Response:
    """Show what there is of a canteen's week: the draft that was changed last, else the menu, else how to begin."""
    return await _week(request, services, canteen_id, week_asked(week, day_of(request)))


async def _week(request: Request, services: Upstream, canteen_id: str, monday: date) -> Response:
    query = {"canteen_id": canteen_id, "week_start": monday.isoformat()}
    told = await services.parts(
        drafts=services.items("nutrition", "/menu-drafts", query),
        menus=services.items("nutrition", "/menus", query),
        before=services.items("nutrition", "/menus", query | {"week_start": _before(monday)}),
        canteen=services.get("nutrition", f"/canteens/{canteen_id}"),
    )
    listing.all_there(told)
    standing = next((menu for menu in told["menus"] if menu["status"] != "withdrawn"), None)
    open_drafts = [draft for draft in told["drafts"] if draft["status"] != "published"]
    if open_drafts and standing is None:
        newest = max(open_drafts, key=lambda draft: (draft["changed_at"], draft["draft_id"]))
        return await show_draft(request, services, newest)
    if standing is not None:
        return await show_menu(request, services, standing["menu_id"])
    return page(request, "planner/empty.html", **_beginnings(request, canteen_id, monday, told))


def _before(monday: date) -> str:
    return (monday - timedelta(days=7)).isoformat()


def _beginnings(request: Request, canteen_id: str, monday: date, told: dict[str, Any]) -> dict[str, Any]:
    """Return what the page of a week without anything shows: three ways to begin."""
    week = monday.isoformat()
    base = f"/planner/schools/{canteen_id}"
    return {
        "school": Names(request.state.language).own(told["canteen"]),
        "canteen_id": canteen_id,
        "monday": week,
        "beside": beside(week),
        "suggest": Form.new(f"{base}/plans", {"week": week}),
        "copy": Form.new(f"{base}/copies", {"week": week}),
        "begin": Form.new(f"{base}/drafts", {"week": week}),
        "has_before": any(menu["days"] for menu in told["before"]),
        "is_over": monday + timedelta(days=4) < day_of(request),
    }


@router.get("/planner/schools/{canteen_id}/menus")
async def list_menus(request: Request, services: Asking, canteen_id: Id) -> Response:
    """List a canteen's menus and drafts, the newest week first."""
    told = await services.parts(
        canteen=services.get("nutrition", f"/canteens/{canteen_id}"),
        menus=services.items("nutrition", "/menus", {"canteen_id": canteen_id}),
        drafts=services.items("nutrition", "/menu-drafts", {"canteen_id": canteen_id}),
    )
    listing.all_there(told)
    weeks = listing.weeks_of(told["menus"], told["drafts"])
    school = Names(request.state.language).own(told["canteen"])
    coming = coming_monday(day_of(request)).isoformat()
    return page(request, "planner/menus.html", weeks=weeks, school=school, canteen_id=canteen_id, coming=coming)


@router.post("/planner/schools/{canteen_id}/drafts")
async def begin_draft(request: Request, services: Asking, canteen_id: Id) -> Response:
    """Begin a draft of a week with nothing in it."""
    fields = await fields_of(request)
    week = fields.day("week")
    fields.check()
    body = {"canteen_id": canteen_id, "week_start": week.isoformat(), "days": []}
    draft = await services.post("nutrition", "/menu-drafts", body, key=fields.key)
    return back_to(f"/planner/drafts/{draft['draft_id']}")


@router.post("/planner/schools/{canteen_id}/copies")
async def copy_week(request: Request, services: Asking, canteen_id: Id) -> Response:
    """Draft a week after a menu: the one named, else the menu of the week before."""
    fields = await fields_of(request)
    week, menu_id = fields.day("week"), fields.text("menu_id", needed=False)
    fields.check()
    if not menu_id:
        query = {"canteen_id": canteen_id, "week_start": _before(week)}
        found = [menu for menu in await services.items("nutrition", "/menus", query) if menu["days"]]
        if not found:
            return back_to(f"/planner/schools/{canteen_id}?week={week}")
        menu_id = found[-1]["menu_id"]
    body = {"week_start": week.isoformat()}
    draft = await services.post("nutrition", f"/menus/{menu_id}/copy", body, key=fields.key)
    return back_to(f"/planner/drafts/{draft['draft_id']}")


for part in (drafts, publishing, plans, menus):
    router.routes.extend(part.router.routes)
