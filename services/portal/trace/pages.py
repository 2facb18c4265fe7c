"""The public page of a meal, what a school serves on a day, and the paper with a meal's QR code for the hatch."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.portal.address import address_of
from services.portal.languages import N_
from services.portal.naming import names_or_away
from services.portal.navigation import Entry
from services.portal.rendering import page, page_of
from services.portal.routing import page_router
from services.portal.terms import MEALS
from services.portal.trace import photos, serving, views
from services.portal.upstream import Asking, Away
from shared.auth.principal import Role
from shared.fields import Day, Id

router = page_router(tags=["trace"])
entries = [
    Entry(
        "/traces",
        N_("Meals served"),
        N_("Record what was served, then print the QR code that shows parents its farms."),
        frozenset({Role.CANTEEN}),
        "trace",
        place=70,
    )
]
refusals = {
    "meal-in-future": N_("This day is still to come."),
    "headcount-absurd": N_("So many cannot have eaten: look at how many were planned for."),
    "meal-served": N_("This meal was recorded already, with another number. Correct it there, with a reason."),
    "meal-not-planned": N_("No menu has this meal on that day."),
    "month-closed": N_("This month is closed. Ask the county's nutritionist to correct it."),
    "somebody-ate": N_("Somebody rated this meal, or weighed what was left: it took place."),
}
MealId = Annotated[str, Path(max_length=64, pattern=r"^[^\x00/]+$", examples=["walk-1"])]


@router.get("/t/{meal_id}")
async def trace(request: Request, services: Asking, meal_id: MealId) -> Response:
    """Show everybody where a meal came from: no sign-in, no script."""
    told = await services.get("logistics", f"/public-trace/meals/{meal_id}")
    language = request.state.language
    foods = [food["food_code"] for food in told["foods"]]
    names = await names_or_away(services, foods=foods, dishes=told["dish_codes"])
    with_photo = await photos.of_lots(services, views.lots_in(told))
    of_dishes, of_foods = ({}, {}) if isinstance(names, Away) else (names["dishes"], names["foods"])
    # With somebody's name and the secret of their forms on it, the page is for nobody else.
    kept = {"Cache-Control": "public, max-age=300"} if page_of(request).person is None else None
    return page(
        request,
        "trace/trace.html",
        headers=kept,
        school=views.in_language(language, told["canteen_name_zh"], told["canteen_name_en"]),
        meal=MEALS.get(told["meal"], told["meal"]),
        day=told["day"],
        dishes=views.dishes(told, of_dishes, language),
        harvests=views.harvests(told, of_foods, language, with_photo),
        untraced=views.untraced(told, of_foods, language),
        permille=round(told["traced_share"] * 1000),
        away=names,
    )


@router.get("/traces")
async def traces(
    request: Request,
    services: Asking,
    canteen_id: Annotated[Id | None, Query(examples=["walk-1"])] = None,
    day: Annotated[Day | None, Query(examples=["2026-11-30"])] = None,
) -> Response:
    """List a school's meals of a day: those to record, and those served, with their public page and paper."""
    return await serving.listed(request, services, canteen_id, day)


@router.get("/traces/{meal_id}")
async def paper(request: Request, services: Asking, meal_id: MealId) -> Response:
    """Show the paper for the serving hatch: what the meal is, and a QR code of its public page."""
    # Here, because it is needed for this page only.
    import segno

    meal = await services.get("nutrition", f"/meals/{meal_id}")
    address = f"{address_of(request.app.state.service.settings)}/t/{meal_id}"
    return page(
        request,
        "trace/paper.html",
        meal=MEALS.get(meal["meal"], meal["meal"]),
        day=meal["day"],
        canteen=meal["canteen_id"],
        address=address,
        code=segno.make(address, error="m").svg_inline(omitsize=True, svgclass="qr", lineclass=None),
    )


for part in (serving, photos):
    router.routes.extend(part.router.routes)
