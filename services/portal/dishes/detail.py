"""What the page of a dish tells."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Path, Request, Response

from services.portal.asking import day_of
from services.portal.dishes import views
from services.portal.forms import Form
from services.portal.rendering import page
from services.portal.upstream import Away, Upstream
from shared.auth.principal import EVERYWHERE, Role
from shared.fields import Code

TEMPLATE = "dishes/dish.html"
STANDARD = "wst554-2017"
_HALF = {"age_band": views.REFERENCE, "pupils": 1}
_LUNCH = {"headcounts": [_HALF | {"sex": "m"}, _HALF | {"sex": "f"}], "meals": ["lunch"]}
DishCode = Annotated[Code, Path(examples=["V01"])]


def whose(request: Request) -> dict[str, str]:
    """Return whose library is asked for: the own canteen's, else the only county's."""
    principal = request.state.person.principal
    if principal.canteens:
        return {"canteen_id": min(principal.canteens)}
    counties = sorted(principal.counties - {EVERYWHERE})
    return {"county_code": counties[0]} if len(counties) == 1 else {}


async def lunch(services: Upstream) -> Any:
    """Return what a lunch must bring a child of the age recipes are written for; nothing is kept of it."""
    return await services.send("POST", "nutrition", f"/standards/{STANDARD}/requirement", _LUNCH)


async def show(
    request: Request,
    services: Upstream,
    dish_code: str,
    version: int | None = None,
    status: int = 200,
    again: Mapping[str, Form] | None = None,
) -> Response:
    """Return the page of a dish; `again` are forms of it that were not taken, by name."""
    told = await told_of(request, services, dish_code, version)
    return page(request, TEMPLATE, status, **told | {"forms": told["forms"] | dict(again or {})})


async def told_of(request: Request, services: Upstream, dish_code: str, version: int | None = None) -> dict[str, Any]:
    """Return what the page of a dish tells, as it is or as it was under a version."""
    mine = whose(request)
    about, language = mine | {"version": version}, request.state.language
    found = await services.get("nutrition", f"/dishes/{dish_code}", about)
    told = await services.parts(
        analysis=services.get("nutrition", f"/dishes/{dish_code}/analysis", about),
        versions=services.items("nutrition", f"/dishes/{dish_code}/versions"),
        lunch=lunch(services),
    )
    analysis, required = told["analysis"], told["lunch"]
    shown: dict[str, Any] = {"analysis": analysis}
    month = day_of(request).month
    lows = views.lows_of(None if isinstance(required, Away) else required)
    reference = {} if isinstance(analysis, Away) else analysis["portions"][views.REFERENCE]["nutrients"]
    if not isinstance(analysis, Away):
        shown |= {
            "grams_of": views.grams(analysis, language),
            "nutrition": views.nutrition(analysis),
            "costs": views.costs(analysis),
            "weights": [analysis["portions"][band]["portion_g"] for band in views.BANDS],
            "unpriced": _called(analysis, found["unpriced_foods"], language),
        }
    names = ("copy", "retire", "restore", "photo")
    return shown | {
        "dish": found,
        "card": views.card(found | {"nutrients": reference}, lows, language, month, set(mine.values()), mine),
        "banned": _called(found, found["banned_foods"], language),
        "bands": views.BANDS,
        "method": views.METHODS.get(found["method"] or "", found["method"]),
        "scope": views.SCOPES[found["scope"]],
        "versions": told["versions"],
        "pictures": "county_code" in mine and Role.NUTRITIONIST in request.state.person.principal.roles,
        "forms": {name: Form.new(f"/dishes/{dish_code}/{name}") for name in names},
    }


def _called(told: Mapping[str, Any], codes: list[str], language: str) -> list[str]:
    names = {part["food_code"]: views.name_of(part, language) for part in told["ingredients"]}
    return [names.get(code, code) for code in codes]
