"""Orders above their county's limit: an official approves or refuses them."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.portal.forms import Form, Invalid, fields_of
from services.portal.purchasing import views
from services.portal.purchasing.asking import decides, names_of
from services.portal.rendering import page
from services.portal.routing import back_to, page_router
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.fields import Id

router = page_router(prefix="/purchasing/orders", tags=["purchasing"])
OrderId = Annotated[Id, Path(examples=["walk-1"])]


@router.get("/{order_id}")
async def order(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Show an order with its lines; one that waits for approval with what can be decided."""
    return await _order(request, services, order_id)


async def _order(request: Request, services: Upstream, order_id: str, status: int = 200, *again: Form) -> Response:
    found = await services.get("procurement", f"/orders/{order_id}")
    names = await names_of(services, [found])
    forms = {name: Form.new(f"/purchasing/orders/{order_id}/{name}") for name in ("approve", "refuse")}
    forms |= {form.action.rpartition("/")[2]: form for form in again}
    return page(
        request,
        "purchasing/order.html",
        status,
        order=views.order_of(found, names, request.state.language),
        county=found["county_code"],
        decides=decides(request) and found["status"] == "draft",
        approve=forms["approve"],
        refuse=forms["refuse"],
    )


@router.post("/{order_id}/approve")
async def approve(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Let an order go to its supplier."""
    return await _decide(request, services, order_id, "approve")


@router.post("/{order_id}/refuse")
async def refuse(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Refuse an order; its food is asked for elsewhere at once."""
    return await _decide(request, services, order_id, "refuse")


async def _decide(request: Request, services: Upstream, order_id: str, what: str) -> Response:
    fields = await fields_of(request)
    try:
        version = fields.whole("version", least=1)
        said = {"reason": fields.text("reason")} if what == "refuse" else {}
        fields.check()
        body = {"official": request.state.person.login, **said}
        await services.post("procurement", f"/orders/{order_id}/{what}", body, key=fields.key, version=version)
    except (Invalid, Refused, Away) as refused:
        form = Form.again(f"/purchasing/orders/{order_id}/{what}", fields, refused)
        return await _order(request, services, order_id, 422, form)
    return back_to(f"/purchasing/orders/{order_id}")


@router.get("/{order_id}/document.pdf")
async def document(services: Asking, order_id: OrderId) -> Response:
    """Give an order as a document to print and sign."""
    told = await services.read("procurement", f"/orders/{order_id}/document.pdf")
    said = {"Content-Disposition": f'attachment; filename="order-{order_id}.pdf"'}
    return Response(told.content, media_type="application/pdf", headers=said)
