"""Photos of dishes: shown to whoever cooks or plans, put and taken back by the county's nutritionist."""

from typing import Annotated

from fastapi import Query, Request, Response

from services.portal.dishes import detail
from services.portal.dishes.detail import DishCode
from services.portal.forms import Fields, Form, Invalid, fields_of
from services.portal.languages import N_
from services.portal.offline.answers import by_outbox, shown_again, taken
from services.portal.routing import page_router
from services.portal.upstream import Asking, Refused, Upstream
from shared.errors import Forbidden
from shared.fields import Code, Id

router = page_router(prefix="/dishes", tags=["dishes"])
_KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}
"""Another photo has another address."""


@router.get("/{dish_code}/photo")
async def photo(
    services: Asking,
    dish_code: DishCode,
    canteen_id: Annotated[Id | None, Query(examples=["walk-1"])] = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    of: Annotated[Id | None, Query(description="which photo is meant, for browsers that keep it")] = None,
) -> Response:
    """Show what a dish looks like in a county."""
    whose = {"canteen_id": canteen_id, "county_code": county_code}
    answer = await services.read("nutrition", f"/dishes/{dish_code}/photo", whose)
    return Response(answer.content, media_type="image/jpeg", headers=_KEPT if of else None)


@router.post("/{dish_code}/photo")
async def put_photo(request: Request, services: Asking, dish_code: DishCode) -> Response:
    """Put a photo of a dish in the county, or take it back. An outbox tells of it first, and sends it by itself."""
    fields = await fields_of(request)
    here = f"/dishes/{dish_code}"
    try:
        await _said(request, services, dish_code, fields)
    except (Invalid, Refused) as refused:
        form = Form.again(f"{here}/photo", fields, refused)
        told = {} if by_outbox(request) else await detail.told_of(request, services, dish_code)
        forms = {"forms": told["forms"] | {"photo": form}} if told else {}
        return shown_again(request, detail.TEMPLATE, form, **told | forms)
    return taken(request, here, photos=f"{here}/photo")


async def _said(request: Request, services: Upstream, dish_code: str, fields: Fields) -> None:
    """Do what a form says of a photo. Raises Invalid, Refused, Away, Forbidden."""
    county = detail.whose(request)
    if "county_code" not in county:
        raise Forbidden("county-missing", "whoever looks after one county puts its photos")
    where, chosen = f"/dishes/{dish_code}/photo", fields.file("photo")
    if fields.values.get("forget") == "yes":
        await services.send("DELETE", "nutrition", where, query=county)
    elif chosen is not None:
        content = await chosen.read()
        await services.send("PUT", "nutrition", where, content=content, media_type="image/jpeg", query=county)
    elif not by_outbox(request):
        raise Invalid({"photo": N_("This is needed.")})
