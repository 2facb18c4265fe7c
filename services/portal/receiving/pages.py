"""Routes of the gate: what comes today, and the receipt of each order."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Query, Request, Response

from services.portal import languages
from services.portal.asking import day_of
from services.portal.forms import Fields, Form, Invalid, fields_of
from services.portal.languages import N_
from services.portal.naming import food_names
from services.portal.navigation import Entry
from services.portal.near import Near, days_near
from services.portal.offline.answers import by_outbox, shown_again, taken
from services.portal.receiving import correcting, signers, views
from services.portal.receiving.asking import OrderId, shown
from services.portal.receiving.fields import Say, names_of, receipt_of
from services.portal.receiving.photos import add_photo
from services.portal.rendering import page, page_of
from services.portal.routing import page_router
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.auth.principal import Role
from shared.fields import Day, Id
from shared.problems import problem

router = page_router(prefix="/receiving", tags=["receiving"])
entries = [
    Entry(
        "/receiving",
        N_("At the gate"),
        N_("Weigh what arrives, accept or refuse it, sign with a second person. It works without a network."),
        frozenset({Role.CANTEEN}),
        "scale",
        place=30,
    )
]
refusals = {
    "two-signers": N_("Two different people sign."),
    "not-arrived": N_("The driver has not said yet that it is here. Sign again once he has."),
    "receipt-signed": N_("This order was received already, with other numbers."),
    "clock-ahead": N_("The clock of this phone is wrong. Set it, then sign again."),
    "clock-behind": N_("The clock of this phone is wrong. Set it, then sign again."),
    "inspection-needed": N_("The cold chain broke on the way. Look at the food, and write down what you found."),
    "line-missing": N_("A food of this delivery is missing here. Load the page again."),
    "unknown-line": N_("This food is not in the delivery any more. Load the page again."),
    "more-than-dispatched": N_("This is more than was packed. Weigh again; what is too much goes back."),
    "more-than-received": N_("No more can be accepted than was weighed."),
    "over-tolerance": N_("Much less than was packed: say why."),
    "reason-needed": N_("Say why it is not all accepted."),
    "nothing-refused": N_("Nothing was refused of it."),
    "file-type": N_("This is no photo. Take a JPEG or PNG."),
}
ReceiptId = Annotated[Id, Query(examples=["0b8f4d0e-6d0e-5a50-9d0b-2f7c6b1f3f10"])]
DayAsked = Annotated[Day | None, Query(examples=["2026-11-30"])]
_TEMPLATE = "receiving/receipt.html"
_EARLY_S = 60


@router.get("")
async def show_day(request: Request, services: Asking, day: DayAsked = None) -> Response:
    """Show what comes on a day, what is to be weighed first."""
    present = day_of(request)
    wanted = day or present
    told: list[Any] = []
    signed: dict[str, list[str]] = {}
    try:
        for canteen_id in sorted(request.state.person.principal.canteens):
            query = {"canteen_id": canteen_id, "delivery_day": wanted.isoformat()}
            told += await services.items("logistics", "/consignments", query)
            signed |= await signers.of_day(services, canteen_id, wanted)
    except Away as away:
        return page(request, "receiving/day.html", deliveries=away, **_days(wanted, present))
    language = page_of(request).language
    names = await food_names(services, views.foods_in(told), language)
    deliveries = views.deliveries_of(told, names, language)
    near = None if deliveries else await _near(request, services, wanted)
    days = _days(wanted, present)
    return page(request, "receiving/day.html", deliveries=deliveries, signed=signed, near=near, **days)


async def _near(request: Request, services: Upstream, day: date) -> Near:
    """Return the days nearest to one on which something comes to one of somebody's schools."""
    mine = sorted(request.state.person.principal.canteens)
    return await days_near(services, "/delivery-days", day, [{"canteen_id": canteen_id} for canteen_id in mine])


@router.get("/{order_id}")
async def show_delivery(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Show an order at the gate: its form, or its receipt where it is signed."""
    return page(request, _TEMPLATE, form=None, **await shown(request, services, order_id))


@router.post("/{order_id}")
async def sign(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Sign for an order; its photos come after it."""
    fields = await fields_of(request)
    here = f"/receiving/{order_id}"
    say = languages.words(page_of(request).language).gettext
    try:
        canteen_id = fields.text("canteen", longest=64)
        body = receipt_of(fields, order_id, canteen_id, say)
        fields.check()
        receipt = await services.post("logistics", "/receipts", body, key=fields.key)
    except (Invalid, Refused) as refused:
        if refused.rule == "not-arrived" and by_outbox(request):
            return _too_early()
        return await _again(request, services, order_id, fields, refused, names_of(fields))
    kept = f"{here}/photos?receipt={receipt['receipt_id']}"
    try:  # a browser without script sends photos with the form
        for each in body["lines"]:
            await _add(services, receipt["receipt_id"], fields, f"photo-{each['line_id']}", say)
    except (Refused, Away):
        return taken(request, f"{here}?photo=lost")
    return taken(request, here, photos=kept)


@router.post("/{order_id}/photos")
async def attach(request: Request, services: Asking, order_id: OrderId, receipt: ReceiptId) -> Response:
    """Add a photo to a receipt that is signed."""
    fields = await fields_of(request)
    say = languages.words(page_of(request).language).gettext
    try:
        if fields.file("photo") is None:
            fields.faults["photo"] = N_("This is needed.")
        fields.check()
        await _add(services, receipt, fields, "photo", say)
    except (Invalid, Refused) as refused:
        return await _again(request, services, order_id, fields, refused, {})
    return taken(request, f"/receiving/{order_id}")


async def _add(services: Upstream, receipt_id: str, fields: Fields, name: str, say: Say) -> None:
    photo = fields.file(name)
    if photo is not None:
        line_id = fields.values.get("field", name).removeprefix("photo-")
        await add_photo(services, receipt_id, await photo.read(), line_id, f"{fields.key}-{line_id}"[:100], say)


def _too_early() -> Response:
    """Tell an outbox to send it again later: the driver's phone has not told yet that he is here."""
    answer = problem(425, "Too early", "not-arrived", "the driver has not said that it is here")
    answer.headers["Retry-After"] = str(_EARLY_S)
    return answer


async def _again(
    request: Request,
    services: Upstream,
    order_id: str,
    fields: Fields,
    refused: Invalid | Refused,
    names: dict[str, str],
) -> Response:
    form = Form.again(f"/receiving/{order_id}", fields, refused, names)
    return shown_again(request, _TEMPLATE, form, **await shown(request, services, order_id))


def _days(day: date, present: date) -> dict[str, Any]:
    one = timedelta(1)
    return {"day": day, "present": present, "before": day - one, "after": day + one, "statuses": views.STATUS}


for part in (correcting, signers):
    router.routes.extend(part.router.routes)
