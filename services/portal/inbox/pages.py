"""Routes of the inbox: list, answer, pack."""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from services.portal import reasons
from services.portal.forms import Fields, Form, Invalid, fields_of
from services.portal.inbox import views
from services.portal.inbox.asked import names_for, recent_orders
from services.portal.inbox.fields import lines_of, packed_of, reason_of
from services.portal.languages import N_
from services.portal.navigation import Entry
from services.portal.offline.answers import shown_again, taken
from services.portal.rendering import page, page_of
from services.portal.routing import back_to, page_router
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.auth.principal import Role
from shared.errors import NotFound
from shared.fields import Id

router = page_router(prefix="/inbox", tags=["inbox"])
entries = [
    Entry(
        "/inbox",
        N_("Orders"),
        N_("Answer each order before its time is over, then pack what you accepted."),
        frozenset({Role.CLERK}),
        "inbox",
        place=10,
    )
]
refusals = {
    "too-late": N_("The time to answer this order is over. The school buys elsewhere."),
    "already-answered": N_("This order was answered already, on another phone or in another window."),
    "order-cancelled": N_("The school called this order off."),
    "more-than-promised": N_("Your offer has less than this."),
    "more-than-ordered": N_("This is more than was ordered."),
    "use-decline": N_("To deliver nothing, decline the order."),
    "already-dispatched": N_("This order was handed over already."),
    "not-accepted": N_("Only what you accepted can be packed."),
    "nothing-to-dispatch": N_("You have no harvest for this order yet. Enter the harvest first."),
    "lot-exhausted": N_("So much of this harvest is not left."),
    "lot-recalled": N_("This harvest is recalled. It must not be delivered."),
    "lot-unfit": N_("A test of this harvest failed. It must not be delivered."),
    "expired-before-delivery": N_("This harvest is no longer good on the day of delivery."),
    "more-than-confirmed": N_("This is more than you accepted."),
    "reason-required": N_("Say why it is less."),
}

OrderId = Annotated[Id, Path()]
Tab = Annotated[str, Query(pattern="^(waiting|accepted|moving|done)$", examples=["waiting"])]
_TEMPLATE = "inbox/order.html"


@router.get("")
async def inbox(request: Request, services: Asking, tab: Tab = "waiting") -> Response:
    """List orders by what is to be done with them."""
    return await _listed(request, services, tab)


@router.get("/accept")
async def accept_many(request: Request, services: Asking) -> Response:
    """Show everything that waits, to be accepted with one more tap."""
    return await _all_waiting(request, services, Form.new("/inbox/accept"))


@router.post("/accept")
async def accepted_many(request: Request, services: Asking) -> Response:
    """Accept the orders that were ticked; each is accepted or refused by itself."""
    fields = await fields_of(request)
    chosen = fields.several("order")
    if not chosen:
        fields.faults["order"] = N_("Tick at least one order.")
    try:
        fields.check()
        told = await services.post("farmers", "/acceptances", {"order_ids": chosen}, key=fields.key)
    except (Invalid, Refused, Away) as refused:
        return await _all_waiting(request, services, Form.again("/inbox/accept", fields, refused), 422)
    if told["refused"]:
        return await _listed(request, services, "waiting", not_taken=len(told["refused"]))
    return back_to("/inbox?tab=accepted")


@router.get("/{order_id}")
async def order(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Show one order, with what can be done about it."""
    return page(request, _TEMPLATE, **await _shown(request, services, order_id), form=None)


@router.post("/{order_id}/accept")
async def accept(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Accept all that is promised."""
    fields = await fields_of(request)
    return await _act(request, services, order_id, fields, "accept", {})


@router.post("/{order_id}/accept-part")
async def accept_part(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Accept some kilograms of each line, with a reason."""
    fields = await fields_of(request)
    lines = lines_of(fields)
    reason = reason_of(request, fields, reasons.DECLINED)
    return await _act(request, services, order_id, fields, "accept", {"lines": lines, "reason": reason})


@router.post("/{order_id}/decline")
async def decline(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Take nothing of it, with a reason."""
    fields = await fields_of(request)
    return await _act(
        request, services, order_id, fields, "decline", {"reason": reason_of(request, fields, reasons.DECLINED)}
    )


@router.post("/{order_id}/dispatch")
async def dispatch(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Say what was packed from which lots; the driver takes it along."""
    fields = await fields_of(request)
    lines = packed_of(fields)
    reason = reason_of(request, fields, reasons.PACKED_SHORT, needed=False)
    body = {"lines": lines, "reason": reason} if lines else {"reason": reason}
    return await _act(request, services, order_id, fields, "dispatch", body)


@router.get("/{order_id}/packing-list")
async def packing_list(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Show what lies in the crates of an order, to be printed and laid on top."""
    told = await services.parts(
        order=services.get("farmers", f"/orders/{order_id}"),
        packed=services.get("farmers", f"/orders/{order_id}/packing-list"),
    )
    if isinstance(told["order"], Away):
        raise told["order"]
    return page(request, "inbox/packing.html", **await _one(request, services, told["order"]), packed=told["packed"])


async def _listed(request: Request, services: Upstream, tab: str, not_taken: int = 0) -> Response:
    orders = await recent_orders(request, services)
    if isinstance(orders, Away):
        return page(request, "inbox/inbox.html", tab=tab, cards=orders, counts={}, tabs=views.TABS, empty="", failed=0)
    cards = await _cards(request, services, orders, tab)
    return page(
        request,
        "inbox/inbox.html",
        tab=tab,
        cards=cards,
        counts=views.counts_of(orders),
        tabs=views.TABS,
        empty=views.EMPTY[tab],
        failed=not_taken,
    )


async def _all_waiting(request: Request, services: Upstream, form: Form, status: int = 200) -> Response:
    orders = await recent_orders(request, services)
    if isinstance(orders, Away):
        raise orders
    cards = [card for card in await _cards(request, services, orders, "waiting") if card.answerable]
    return page(request, "inbox/accept.html", status, cards=cards, totals=views.totals(cards), form=form)


async def _cards(request: Request, services: Upstream, orders: list[views.Order], tab: str) -> list[views.Card]:
    names = await names_for(services, [each for each in orders if views.tab_of(each) == tab])
    now = request.app.state.service.clock.now()
    return views.cards_of(orders, tab, names, page_of(request).language, now)


async def _one(request: Request, services: Upstream, found: views.Order) -> dict[str, Any]:
    names = await names_for(services, [found])
    card = views.card_of(found, names, page_of(request).language, request.app.state.service.clock.now())
    return {"card": card}


async def _shown(request: Request, services: Upstream, order_id: str) -> dict[str, Any]:
    """Return what the page of an order needs. Raises Away, NotFound."""
    shown = await _one(request, services, await services.get("farmers", f"/orders/{order_id}"))
    card = shown["card"]
    lots: dict[str, list[views.Share]] = {}
    if card.tab == "accepted":
        where = f"/cooperatives/{card.cooperative_id}/packing-list"
        try:
            lots = views.proposed(await services.get("farmers", where, {"day": card.day}), order_id)
        except (Refused, NotFound):
            lots = {}
    return {"card": card, "lots": lots, "reasons": reasons.DECLINED, "short_reasons": reasons.PACKED_SHORT}


async def _act(
    request: Request, services: Upstream, order_id: str, fields: Fields, verb: str, body: dict[str, Any]
) -> Response:
    """Do something about an order; what is refused is shown again with what was typed, beside the order as it is."""
    try:
        fields.check()
        await services.post("farmers", f"/orders/{order_id}/{verb}", body, key=fields.key)
    except (Invalid, Refused) as refused:
        names = {f"lines.{n}.confirmed_g": f"kg.{each['line_id']}" for n, each in enumerate(body.get("lines", ()))}
        form = Form.again(request.url.path, fields, refused, names)
        return shown_again(request, _TEMPLATE, form, **await _shown(request, services, order_id))
    return taken(request, f"/inbox/{order_id}")
