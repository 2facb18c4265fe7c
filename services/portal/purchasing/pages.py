"""The procurement board: a county's foods by delivery day, who supplies them and why, and a school's own orders."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Path, Request, Response

from services.portal import naming
from services.portal.asking import canteen_asked, day_of
from services.portal.languages import N_
from services.portal.navigation import Entry
from services.portal.near import Near, days_near
from services.portal.purchasing import deciding, outcome, runs, views
from services.portal.purchasing.asking import (
    COUNTY_ROLES,
    County,
    School,
    Week,
    decides,
    names_of,
    window_of,
)
from services.portal.rendering import page
from services.portal.routing import page_router
from services.portal.upstream import Asking, Away, Upstream
from shared import counties
from shared.auth.principal import EVERYWHERE, Principal, Role
from shared.fields import Code

router = page_router(tags=["purchasing"])
entries = [
    Entry(
        "/purchasing",
        N_("Buying"),
        N_("What schools need, who supplies it and why, and what is still missing."),
        COUNTY_ROLES,
        "basket",
        place=20,
    ),
    Entry(
        "/purchasing",
        N_("Orders"),
        N_("What was ordered for your school, from whom, and how far it is."),
        frozenset({Role.CANTEEN}),
        "basket",
        place=20,
    ),
]
refusals = {
    "week-is-over": N_("Nothing of this week can be delivered any more."),
    "not-waiting": N_("Somebody has decided on this order already."),
    "market-changed": N_(
        "Offers or orders have changed since. The week is worked out again by itself; come back then."
    ),
    "already-taken": N_("This was taken already."),
    "difference-replaced": N_("The week was worked out once more since. Look at the newest."),
    "difference-lapsed": N_("It is too late for this: a day can be ordered for no more."),
    "nothing-to-change": N_("What is ordered is the best there is: nothing would change."),
    "ordering-closed": N_("Ordering for that day has closed."),
}
_MOST_DRAFTS = 50


@router.get("/purchasing")
async def board(
    request: Request,
    services: Asking,
    county_code: County = None,
    canteen_id: School = None,
    week: Week = None,
    short: bool | None = None,
) -> Response:
    """Show a county's week of foods, or a school's own orders of it."""
    monday = views.week_of(week, day_of(request))
    if not request.state.person.roles & COUNTY_ROLES:
        return await _school(request, services, canteen_id, monday)
    county = county_code or request.state.person.principal.only_county
    if county is None:
        return page(request, "purchasing/counties.html", counties=_counties_of(request.state.person.principal))
    return await _county(request, services, county, monday, short=short)


def _counties_of(principal: Principal) -> list[str]:
    """Return whose weeks somebody may choose from: their counties, or those of the whole province."""
    return sorted(counties.names() if EVERYWHERE in principal.counties else principal.counties)


async def _county(request: Request, services: Upstream, county: str, monday: date, *, short: bool | None) -> Response:
    about = {"county_code": county}
    asked: dict[str, Any] = {
        "needs": services.get("procurement", "/needs", about | window_of(monday)),
        "runs": services.items("procurement", "/sourcing-runs", about | {"week_start": str(monday)}),
    }
    if decides(request):
        waiting = about | {"status": "draft", "limit": _MOST_DRAFTS}
        asked["drafts"] = services.get("procurement", "/orders", waiting)
    told = await services.parts(**asked)
    shown: dict[str, Any] = {"needs": told["needs"], "orders": [], "run": None, "found": None}
    language = request.state.language
    if not isinstance(told["needs"], Away):
        shown["near"] = await _near(services, monday, about, empty=not told["needs"]["foods"])
        every = views.rows(told["needs"], language)
        shown["sums"] = views.sums(told["needs"])
        shown["short"] = bool(shown["sums"].short) if short is None else short
        shown["rows"] = [row for row in every if row.gap_g] if shown["short"] else every
        shown["deadline"] = views.deadline(told["needs"], request.app.state.service.clock.now())
        shown["days"] = [day["delivery_day"] for day in told["needs"]["days"]]
    if not isinstance(told["runs"], Away):
        shown["run"], shown["found"] = outcome.last_runs(told["runs"])
    drafts = told.get("drafts")
    if drafts is not None and not isinstance(drafts, Away):
        names = await names_of(services, drafts["items"])
        shown["orders"] = [views.order_of(order, names, language) for order in drafts["items"]]
    return page(
        request,
        "purchasing/board.html",
        **frame(monday),
        **shown,
        county=county,
        decides=decides(request),
        under_way=outcome.UNDER_WAY,
    )


async def _near(services: Upstream, monday: date, whose: dict[str, str], *, empty: bool) -> Near:
    """Return the days nearest to an empty week for which something is needed; none beside a week that has some."""
    return await days_near(services, "/needs/days", monday, [whose] if empty else [], of="procurement")


def frame(monday: date) -> dict[str, Any]:
    """Return the week that is shown, and those beside it."""
    week = timedelta(days=7)
    return {
        "monday": str(monday),
        "friday": str(monday + timedelta(days=4)),
        "earlier": str(monday - week),
        "later": str(monday + week),
    }


async def _school(request: Request, services: Upstream, canteen_id: str | None, monday: date) -> Response:
    own = sorted(request.state.person.principal.canteens)
    school = canteen_asked(request, canteen_id)
    of_school = {"canteen_id": school}
    about = of_school | window_of(monday)
    told = await services.parts(
        orders=services.items("procurement", "/orders", about),
        needs=services.get("procurement", "/needs", about),
        names=naming.names_of(services, canteens=own if len(own) > 1 else ()),
    )
    language, orders, needs = request.state.language, told["orders"], told["needs"]
    schools = [(each, views.called(told["names"]["canteens"], each, language)) for each in own]
    days: Any = orders
    if not isinstance(orders, Away):
        names = await names_of(services, orders)
        days = views.by_day(views.order_of(order, names, language) for order in orders)
    rows = needs if isinstance(needs, Away) else [row for row in views.rows(needs, language) if row.gap_g]
    return page(
        request,
        "purchasing/school.html",
        **frame(monday),
        days=days,
        missing=rows,
        schools=schools,
        canteen_id=school,
        near=await _near(services, monday, of_school, empty=not (orders or rows)),
    )


@router.get("/purchasing/foods/{food_code}")
async def food(
    request: Request,
    services: Asking,
    food_code: Annotated[Code, Path(examples=["napa_cabbage"])],
    county_code: County = None,
    week: Week = None,
) -> Response:
    """Show who supplies a food in a week, and why."""
    monday, county = views.week_of(week, day_of(request)), county_code or request.state.person.principal.only_county
    about = window_of(monday) | {"county_code": county}
    told = await services.get("procurement", f"/needs/{food_code}/supply", about)
    taken, left = views.supplies(told, request.state.language)
    return page(
        request,
        "purchasing/food.html",
        **frame(monday),
        name=views.named(told, request.state.language, food_code),
        county=county,
        taken=taken,
        left=left,
    )


for part in (runs, deciding):
    router.routes.extend(part.router.routes)
