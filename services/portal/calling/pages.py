"""Routes of the own number: said, changed, forgotten by whose it is."""

from typing import Annotated, Any, Literal

from fastapi import Path, Request, Response

from services.portal import naming
from services.portal.calling import views
from services.portal.forms import Form, Invalid, fields_of
from services.portal.languages import N_
from services.portal.navigation import Entry
from services.portal.rendering import page
from services.portal.routing import back_to, page_router
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.auth.principal import Role
from shared.fields import Id
from shared.phones import is_number

router = page_router(prefix="/phone", tags=["calling"])
entries = [
    Entry(
        "/phone",
        N_("My phone number"),
        N_("By which number you are called on delivery days, and who reads it."),
        frozenset({Role.CANTEEN, Role.CLERK, Role.DRIVER}),
        "people",
        place=90,
    )
]
_LONGEST = 25


@router.get("")
async def show(request: Request, services: Asking) -> Response:
    """Show the number of each place or driver somebody speaks for, to be changed or forgotten."""
    return await _page(request, services)


@router.post("/{kind}/{subject_id}")
async def say(
    request: Request,
    services: Asking,
    kind: Literal["canteen", "cooperative", "driver"],
    subject_id: Annotated[Id, Path(examples=["sch-1"])],
) -> Response:
    """Say a number, or have it forgotten."""
    fields = await fields_of(request)
    try:
        forgotten = fields.values.get("forget") == "yes"
        number = None if forgotten else fields.text("number", longest=_LONGEST)
        if number and "number" not in fields.faults and not is_number(number):
            fields.faults["number"] = N_("Write a number of 7 to 15 digits.")
        fields.check()
        await services.put("logistics", views.path_of(kind, subject_id), {"number": number})
    except (Invalid, Refused, Away) as refused:
        return await _page(request, services, Form.again(request.url.path, fields, refused), 422)
    return back_to("/phone")


async def _page(request: Request, services: Upstream, again: Form | None = None, status: int = 200) -> Response:
    mine = views.subjects_of(request.state.person.principal)
    asked: dict[str, Any] = {views.path_of(*each): services.get("logistics", views.path_of(*each)) for each in mine}
    told = await services.parts(**asked)
    names = await naming.names_of(services, canteens=[each for kind, each in mine if kind == "canteen"])
    shown = views.numbers(mine, told, names, request.state.language)
    return page(request, "calling/phone.html", status, numbers=shown, again=again, words=views.WORDS)
