"""Routes of certificates that offers wait for: a clerk writes one down and takes a photo of it."""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from starlette.datastructures import UploadFile

from services.portal.forms import Fields, Form, Invalid, fields_of
from services.portal.harvest.views import product
from services.portal.inbox.asked import cooperative_asked
from services.portal.languages import N_
from services.portal.naming import names_of
from services.portal.offers import views
from services.portal.offers.fields import certificate_of
from services.portal.offers.routes import router
from services.portal.offline.answers import shown_again, taken
from services.portal.rendering import page, page_of
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.fields import Code, Id

_ACTION, _TEMPLATE = "/offers/certificates/new", "offers/certificate.html"
_PNG, _PDF = b"\x89PNG", b"%PDF"
_NAMES = {"food_codes": "covers"}
_SAID = (
    *("certificate_id", "cooperative_id", "kind", "number", "issued_by", "issued_on", "expires_on"),
    *("food_codes", "lot_id"),
)
"""What is said of a certificate; said again with a file it has that file."""
CertificateId = Annotated[Id, Path()]


@router.get("/certificates/new")
async def begin(
    request: Request,
    services: Asking,
    cooperative_id: Annotated[Id | None, Query(description="one of the clerk's; the first, if left out")] = None,
    kind: Annotated[str, Query(pattern=f"^({'|'.join(views.KINDS)})$")] = "inspection_report",
    food: Annotated[Code | None, Query(description="the product that waits for it")] = None,
) -> Response:
    """Show the form of a certificate."""
    mine = cooperative_asked(request, cooperative_id)
    covers = "food" if food and kind != "business_licence" else "all"
    form = Form.new(_ACTION, {"cooperative_id": mine, "kind": kind, "food": food or "", "covers": covers})
    return page(request, _TEMPLATE, **await _shown(request, services, mine, food), form=form)


@router.post("/certificates/new")
async def record(request: Request, services: Asking) -> Response:
    """Write a certificate down; offers that waited for it can be ordered at once. Its photo comes after it."""
    fields = await fields_of(request)
    mine = cooperative_asked(request, fields.values.get("cooperative_id"))
    try:
        said = certificate_of(fields, mine)
        fields.check()
        await _put(services, said)
    except (Invalid, Refused) as refused:
        form = Form.again(_ACTION, fields, refused, _NAMES)
        food = fields.values.get("food") or None
        return shown_again(request, _TEMPLATE, form, **await _shown(request, services, mine, food))
    where, photo = f"/offers?cooperative_id={mine}", fields.file("photo")
    if photo is not None:  # a browser without script sends it with the form
        try:
            await _add(services, said["certificate_id"], photo)
        except (Refused, Away):
            return taken(request, f"{where}&photo=lost")
    return taken(request, where, photos=f"/offers/certificates/{said['certificate_id']}/photos")


@router.post("/certificates/{certificate_id}/photos")
async def attach(request: Request, services: Asking, certificate_id: CertificateId) -> Response:
    """Add a photo to a certificate that is written down."""
    fields = await fields_of(request)
    known = await services.get("farmers", f"/certificates/{certificate_id}")
    mine = cooperative_asked(request, known["cooperative_id"])
    try:
        photo = _photo_in(fields)
        await _add(services, certificate_id, photo)
    except (Invalid, Refused) as refused:
        form = Form.again(_ACTION, fields, refused)
        return shown_again(request, _TEMPLATE, form, **await _shown(request, services, mine, None))
    return taken(request, f"/offers?cooperative_id={mine}")


def _photo_in(fields: Fields) -> UploadFile:
    photo = fields.file("photo")
    if photo is None:
        raise Invalid({"photo": N_("This is needed.")})
    return photo


async def _add(services: Upstream, certificate_id: str, photo: UploadFile) -> None:
    """Keep a photo and name it at its certificate, once. Raises Refused, Away."""
    known = await services.get("farmers", f"/certificates/{certificate_id}")
    if known["file_id"] is not None:
        return
    data = await photo.read()
    kind = "application/pdf" if data.startswith(_PDF) else "image/png" if data.startswith(_PNG) else "image/jpeg"
    kept = await services.send("POST", "farmers", "/files", content=data, media_type=kind)
    said = {name: known[name] for name in _SAID} | {"file_id": kept["file_id"]}
    await _put(services, said)


async def _put(services: Upstream, said: dict[str, Any]) -> None:
    """Write a certificate down, or what is new of it; said twice it is one. Raises Refused, Away.

    By its id, which is the form's key: an answer that refuses the row would be kept for an `Idempotency-Key`.
    """
    done = await services.put("farmers", "/certificates", {"rows": [said]})
    for row in done["refused"]:
        is_rule = "-" in row["rule"]  # else what the reader of fields calls it
        raise Refused("farmers", 422, row if is_rule else row | {"rule": "invalid-input"})


async def _shown(request: Request, services: Upstream, mine: str, food: str | None) -> dict[str, Any]:
    names = await names_of(services, foods=[food] if food else [])
    named = None if food is None else product(food, names, page_of(request).language)
    return {"mine": mine, "kinds": views.KINDS, "named": named}
