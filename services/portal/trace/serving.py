"""Recording what a school served: how many ate, once, and put right with a reason."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Path, Request, Response

from services.portal.asking import canteen_asked, day_of
from services.portal.forms import Fields, Form, Invalid, fields_of
from services.portal.naming import names_of
from services.portal.near import Near, among
from services.portal.rendering import page
from services.portal.routing import back_to, page_router
from services.portal.trace import views
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.fields import Id, Meal
from shared.weeks import monday_of

router = page_router(prefix="/traces", tags=["trace"])
MealId = Annotated[Id, Path(examples=["walk-1"])]
_MOST_EATERS = 50_000
_WEEKS_NEAR = (-2, -1, 0, 1)
"""Weeks that are looked into from an empty day, counted from its own."""


async def listed(
    request: Request,
    services: Upstream,
    canteen_id: str | None,
    day: date | None,
    form: Form | None = None,
    status: int = 200,
) -> Response:
    """Show a school's meals of a day; `form` is one of them that was refused."""
    schools = sorted(request.state.person.principal.canteens)
    canteen, wanted = canteen_asked(request, canteen_id), day or day_of(request)
    told = await services.parts(
        day=services.get("nutrition", f"/canteens/{canteen}/day", {"day": str(wanted)}),
        names=names_of(services, canteens=schools if len(schools) > 1 else ()),
    )
    found: Any = told["day"]
    meals = found if isinstance(found, Away) else views.servings(found)
    near = Near() if meals else await _near(services, canteen, wanted)
    language = request.state.language
    return page(
        request,
        "trace/traces.html",
        status,
        canteen=canteen,
        schools=[(one, views.name_of(one, told["names"]["canteens"], language)) for one in schools],
        wanted=str(wanted),
        to_come=wanted > day_of(request),
        meals=meals,
        near=near,
        again=form,
    )


async def _near(services: Upstream, canteen: str, day: date) -> Near:
    """Return the days nearest to one on which a school's menus have meals, of the weeks around it."""
    mondays = [monday_of(day) + timedelta(weeks=number) for number in _WEEKS_NEAR]
    told = await services.parts(
        **{
            str(monday): services.items("nutrition", "/menus", {"canteen_id": canteen, "week_start": str(monday)})
            for monday in mondays
        }
    )
    menus = [menu for found in told.values() if not isinstance(found, Away) for menu in found]
    return among(
        (date.fromisoformat(meal["day"]) for menu in menus if menu["status"] != "withdrawn" for meal in menu["days"]),
        day,
    )


@router.post("/meals/{meal}")
async def record(request: Request, services: Asking, meal: Annotated[Meal, Path(examples=["lunch"])]) -> Response:
    """Record that a meal was served to so many."""
    fields = await fields_of(request)
    canteen, day = _whose(fields)
    try:
        body = {"canteen_id": canteen, "day": str(day), "meal": meal, "headcount": _eaters(fields, least=1)}
        fields.check()
        await services.post("nutrition", "/meals", body, key=fields.key)
    except (Invalid, Refused, Away) as refused:
        return await listed(request, services, canteen, day, _again(request, fields, refused), 422)
    return back_to(_where(canteen, day))


@router.post("/{meal_id}/corrections")
async def correct(request: Request, services: Asking, meal_id: MealId) -> Response:
    """Put right how many ate; nobody: the meal never took place."""
    fields = await fields_of(request)
    canteen, day = _whose(fields)
    try:
        body = {"headcount": _eaters(fields, least=0), "reason": fields.text("reason")}
        version = fields.whole("version", least=1)
        fields.check()
        await services.post("nutrition", f"/meals/{meal_id}/corrections", body, key=fields.key, version=version)
    except (Invalid, Refused, Away) as refused:
        return await listed(request, services, canteen, day, _again(request, fields, refused), 422)
    return back_to(_where(canteen, day))


def _eaters(fields: Fields, least: int) -> int:
    return fields.whole("headcount", least=least, most=_MOST_EATERS)


def _again(request: Request, fields: Fields, refused: Invalid | Refused | Away) -> Form:
    return Form.again(request.url.path, fields, refused)


def _whose(fields: Fields) -> tuple[str, date]:
    """Return the school and day a form is about. Raises Invalid."""
    found = fields.text("canteen_id", longest=64), fields.day("day")
    fields.check()
    return found


def _where(canteen: str, day: date) -> str:
    return f"/traces?canteen_id={canteen}&day={day}"
