"""The official's pages: a month in the province, in a county, at a school, and the statutory report to print."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from services.portal.asking import day_of
from services.portal.dashboard import maps, views
from services.portal.languages import N_
from services.portal.layers import Layer, layer_of
from services.portal.naming import food_names
from services.portal.navigation import Entry
from services.portal.rendering import page
from services.portal.routing import page_router
from services.portal.upstream import Asking, Away, Upstream
from shared.auth.principal import Role
from shared.fields import MONTH, Code, Id

router = page_router(prefix="/dashboard", tags=["dashboard"])
entries = [
    Entry(
        "/dashboard",
        N_("The month"),
        N_("Where the money goes, whom it reaches, what comes in time and cold."),
        frozenset({Role.OFFICIAL, Role.ADMINISTRATOR, Role.AUDITOR}),
        "chart",
        place=10,
    )
]
Month = Annotated[str | None, Query(pattern=MONTH, examples=["2026-12"])]
County = Annotated[Code | None, Query(examples=["520628"])]
_TEXT = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}


@router.get("")
async def dashboard(
    request: Request, services: Asking, month: Month = None, county_code: County = None, every: bool = False
) -> Response:
    """Show a month's figures, of a county or of the province by county."""
    now = day_of(request)
    shown, county = views.month_of(month, now), county_code or request.state.person.principal.only_county
    first, last = views.days_of(shown)
    asked: dict[str, Any] = {
        "report": services.get("procurement", "/reports/month", {"month": shown, "county_code": county}),
        "deliveries": services.get(
            "logistics", "/delivery-figures", {"from": str(first), "until": str(last), "county_code": county}
        ),
    }
    if county is not None:
        asked |= {
            "rules": services.get("procurement", f"/sourcing-rules/{county}"),
            "judged": _judged(services, county, views.weeks_of(shown, now)),
            "canteens": services.items("nutrition", "/canteens", {"county_code": county}),
            "places": services.items("logistics", "/places", {"county_code": county}),
        }
    told = await services.parts(**asked)
    made = _shown(told, request.state.language, layer_of(request.app.state.service.settings.map_layers, county))
    return page(request, "dashboard/dashboard.html", **_frame(shown, county), **made, every=every)


async def _judged(services: Upstream, county: str, weeks: Sequence[date]) -> tuple[date | None, list[Any]]:
    """Return the last week of which there are menus, and its menus judged."""
    for monday in weeks:
        asked = {"county_code": county, "week_start": str(monday)}
        if menus := await services.items("nutrition", "/menu-analyses", asked):
            return monday, menus
    return None, []


def _frame(month: str, county: str | None) -> dict[str, Any]:
    before, after = views.beside(month)
    return {"shown": month, "before": before, "after": after, "county": county}


def _shown(told: dict[str, Any], language: str, layer: Layer | None) -> dict[str, Any]:
    """Return what the template shows of the parts; a part that is away stays what it is."""
    report, figures = told["report"], told["deliveries"]
    shown: dict[str, Any] = {"report": report, "deliveries": figures, "figures": views.FIGURES, "language": language}
    shown["shapes"] = views.SHAPES
    if not isinstance(report, Away):
        rules = told.get("rules")
        known = None if rules is None or isinstance(rules, Away) else rules
        shown["poor"], shown["target"] = views.of_poor(report["total"], known)
        shown["where"] = views.spent_where(report["counties"])
        shown["counties_map"] = maps.of_counties(report["counties"], language)
    if not isinstance(figures, Away):
        shown["in_time"], shown["cold"] = views.deliveries(figures)
    judged, canteens = told.get("judged", (None, [])), told.get("canteens", [])
    if away := next((part for part in (judged, canteens) if isinstance(part, Away)), None):
        return shown | {"standard": away, "schools": away, "week": None}
    week, menus = judged
    schools = views.schools(canteens, menus, language)
    places = told.get("places", [])
    return shown | {
        "standard": views.standards(menus),
        "schools": schools,
        "week": week,
        "map": None if isinstance(places, Away) else maps.of_schools(schools, places, layer),
    }


@router.get("/report")
async def report(request: Request, services: Asking, month: Month = None, county_code: County = None) -> Response:
    """Show the statutory report of a month, to be printed."""
    now = day_of(request)
    shown, county = views.month_of(month, now), county_code or request.state.person.principal.only_county
    told = await services.get("procurement", "/reports/month", {"month": shown, "county_code": county})
    return page(
        request,
        "dashboard/report.html",
        **_frame(shown, county),
        report=told,
        figures=views.FIGURES,
        language=request.state.language,
    )


@router.get("/report.csv")
async def report_csv(request: Request, services: Asking, month: Month = None, county_code: County = None) -> Response:
    """Give the statutory report as a CSV file."""
    now = day_of(request)
    shown, county = views.month_of(month, now), county_code or request.state.person.principal.only_county
    return _file(
        await services.read("procurement", "/reports/month/csv", {"month": shown, "county_code": county}),
        "csv",
        f"report-{shown}.csv",
    )


@router.get("/schools/{canteen_id}")
async def school(
    request: Request,
    services: Asking,
    canteen_id: Annotated[Id, Path(examples=["walk-1"])],
    month: Month = None,
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Show a school's month: what it ordered, what was accepted, what it pays, and its menu of the week."""
    now = day_of(request)
    shown = views.month_of(month, now)
    told = await services.parts(
        canteen=services.get("nutrition", f"/canteens/{canteen_id}"),
        statement=services.get(
            "procurement", f"/statements/schools/{canteen_id}", {"month": shown, "limit": 100, "after": after}
        ),
    )
    statement = told["statement"]
    lines = [] if isinstance(statement, Away) else statement["items"]
    names = await food_names(services, [line["food_code"] for line in lines], request.state.language)
    return page(
        request,
        "dashboard/school.html",
        **_frame(shown, None),
        canteen_id=canteen_id,
        language=request.state.language,
        names=names,
        **told,
    )


@router.get("/schools/{canteen_id}/statement.{kind}")
async def statement_file(
    services: Asking,
    canteen_id: Annotated[Id, Path(examples=["walk-1"])],
    kind: Annotated[str, Path(pattern=r"^(csv|pdf)$", examples=["pdf"])],
    month: Annotated[str, Query(pattern=MONTH, examples=["2026-12"])],
) -> Response:
    """Give a school's month as a document to be signed, or as a CSV file."""
    told = await services.read("procurement", f"/statements/schools/{canteen_id}/{kind}", {"month": month})
    return _file(told, kind, f"statement-{canteen_id}-{month}.{kind}")


def _file(told: Any, kind: str, name: str) -> Response:
    said = f'attachment; filename="{name}"'
    return Response(told.content, media_type=_TEXT[kind], headers={"Content-Disposition": said})
