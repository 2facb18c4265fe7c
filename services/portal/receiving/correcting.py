"""Putting a receipt right that is signed: both sign again, what was signed before is kept."""

from typing import Any

from fastapi import Request, Response

from services.portal import languages
from services.portal.forms import Fields, Form, Invalid, fields_of
from services.portal.receiving import views
from services.portal.receiving.asking import OrderId, shown
from services.portal.receiving.fields import names_of, receipt_of
from services.portal.rendering import page, page_of
from services.portal.routing import back_to, page_router
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.errors import NotFound

router = page_router(prefix="/receiving", tags=["receiving"])
_TEMPLATE = "receiving/correct.html"


@router.get("/{order_id}/correct")
async def show_correction(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Show a receipt as it was signed, to be put right."""
    told = await _signed(request, services, order_id)
    form = Form.new(f"/receiving/{order_id}/correct", views.values_of(told["delivery"], told["receipt"]))
    return page(request, _TEMPLATE, **told, form=form)


@router.post("/{order_id}/correct")
async def correct(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Sign a receipt again; whoever looked at an older version sees what stands now first."""
    fields = await fields_of(request)
    told = await _signed(request, services, order_id)
    try:
        body = _body(request, fields, order_id, told["receipt"])
        version = fields.whole("version", least=1)
        fields.check()
        where = f"/receipts/{told['receipt']['receipt_id']}"
        await services.put("logistics", where, body, version=version, key=fields.key)
    except (Invalid, Refused, Away) as refused:
        form = Form.again(f"/receiving/{order_id}/correct", fields, refused, names_of(fields) | {"reason": "why"})
        return page(request, _TEMPLATE, 422, **await _signed(request, services, order_id), form=form)
    return back_to(f"/receiving/{order_id}")


def _body(request: Request, fields: Fields, order_id: str, receipt: dict[str, Any]) -> dict[str, Any]:
    say = languages.words(page_of(request).language).gettext
    body = receipt_of(fields, order_id, fields.text("canteen", longest=64), say)
    photos = {line["line_id"]: line["photo_ids"] for line in receipt["lines"]}
    body["lines"] = [line | {"photo_ids": photos.get(line["line_id"], [])} for line in body["lines"]]
    del body["order_id"]
    return body | {"reason": fields.text("why")}


async def _signed(request: Request, services: Upstream, order_id: str) -> dict[str, Any]:
    """Return what the page of a receipt needs. Raises NotFound where none is signed, Away, Refused."""
    told = await shown(request, services, order_id)
    if isinstance(told["receipt"], Away):
        raise told["receipt"]
    if told["receipt"] is None:
        raise NotFound("receipt", order_id)
    return told
