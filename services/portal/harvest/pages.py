"""Routes of the harvest: what came in, what is still wanted, what was earned."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from services.portal.asking import day_of
from services.portal.forms import Fields, Form, Invalid, fields_of, typed_kg
from services.portal.harvest import photos, views
from services.portal.inbox.asked import cooperative_asked
from services.portal.languages import N_
from services.portal.naming import names_of
from services.portal.navigation import Entry
from services.portal.offline.answers import shown_again, taken
from services.portal.rendering import page, page_of
from services.portal.routing import page_router
from services.portal.trace.photos import of_lots as photos_of
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.auth.principal import Role
from shared.errors import NotFound
from shared.fields import Id

router = page_router(prefix="/harvest", tags=["harvest"])
_CLERK = frozenset({Role.CLERK})
entries = [
    Entry(
        "/harvest", N_("Harvest"), N_("Write down what came in: product, weight, day, households."), _CLERK, "field", 20
    ),
    Entry(
        "/harvest/wanted",
        N_("Still wanted"),
        N_("See what canteens will need, and sow in time."),
        _CLERK,
        "calendar",
        30,
    ),
    Entry(
        "/harvest/offers",
        N_("What was asked of us"),
        N_("See which offers schools got from you, and why not more of them."),
        _CLERK,
        "trace",
        35,
    ),
    Entry("/harvest/money", N_("Money"), N_("See what was earned, paid, and is to be passed on."), _CLERK, "chart", 40),
]
refusals = {
    "harvest-to-come": N_("This day is still to come."),
    "harvest-too-old": N_("This is too long ago to be entered."),
    "contributions-above-quantity": N_("The households' weights are more than the whole."),
    "not-a-member": N_("A household was no member of the cooperative on that day."),
    "certificate-of-old-lot": N_("This certificate number belongs to an older harvest."),
    "lot-exists": N_("This harvest was entered already."),
}

_BACK = timedelta(days=60)
_MOST_HOUSEHOLDS = 400
"""A tick and a weight for each, and a form has a thousand fields at most."""
_MOST_PAYMENTS, _SHOWN_PAYMENTS = 20_000, 200
"""Schools pay by the month: what is ever paid is many, what is shown the last of it."""
_TEMPLATE = "harvest/harvest.html"
LotId = Annotated[Id, Path(examples=["walk-1"])]
Cooperative = Annotated[Id | None, Query(description="one of the clerk's; the first, if left out")]


@router.get("")
async def harvest(
    request: Request, services: Asking, cooperative_id: Cooperative = None, again: Annotated[Id | None, Query()] = None
) -> Response:
    """Show the form of a harvest, filled in like an earlier one if asked, and what was entered lately."""
    shown = await _shown(request, services, cooperative_id)
    form = Form.new("/harvest", _begun(shown, again))
    return page(request, _TEMPLATE, **shown, form=form)


@router.post("")
async def enter(request: Request, services: Asking) -> Response:
    """Bring a harvest in."""
    fields = await fields_of(request)
    mine = cooperative_asked(request, fields.values.get("cooperative_id"))
    try:
        body = await _lot_of(fields, services, mine, day_of(request))
        lot = await services.post("farmers", "/lots", body, key=fields.key)
    except (Invalid, Refused) as refused:
        names = {"food_code": "food", "harvest_day": "day", "certificate_no": "certificate", "quantity_g": "quantity"}
        form = Form.again("/harvest", fields, refused, names | {"contributions": "sharing"})
        shown = await _shown(request, services, mine) | {"ticked": fields.several("household", most=_MOST_HOUSEHOLDS)}
        return shown_again(request, _TEMPLATE, form, **shown)
    where, photo, photos_at = f"/harvest?cooperative_id={mine}", fields.file("photo"), photos.path_of(lot["lot_id"])
    if photo is not None:  # a browser without script sends it with the form
        try:
            await photos.add(services, lot["lot_id"], photo)
        except (Refused, Away):
            return taken(request, f"{where}&photo=lost#entered")
    return taken(request, f"{where}#entered", photos=photos_at)


@router.post("/{lot_id}/photos")
async def show_harvest(
    request: Request, services: Asking, lot_id: Annotated[Id, Path(examples=["walk-1"])]
) -> Response:
    """Add a photo to a harvest, or take it back."""
    fields = await fields_of(request)
    lot = await services.get("farmers", f"/lots/{lot_id}")
    mine = cooperative_asked(request, lot["cooperative_id"])
    try:
        await photos.say(services, lot_id, fields)
    except (Invalid, Refused) as refused:
        form = Form.again(photos.path_of(lot_id), fields, refused)
        return shown_again(request, _TEMPLATE, form, **await _shown(request, services, mine))
    return taken(request, f"/harvest?cooperative_id={mine}#entered")


@router.get("/wanted")
async def wanted(request: Request, services: Asking, cooperative_id: Cooperative = None) -> Response:
    """Show what canteens of the county still want, and when it has to be sown."""
    mine = cooperative_asked(request, cooperative_id)
    told: Any = None
    foods: list[views.Wanted] = []
    try:
        told = await services.get("farmers", f"/cooperatives/{mine}/still-wanted")
        names = await names_of(services, foods=[each["food_code"] for each in told["items"]])
        foods = views.wanted_of(told, names, page_of(request).language)
    except Away as away:
        told = away
    except (NotFound, Refused) as refused:
        if refused.status != 404:
            raise
        # nothing was published yet
    return page(request, "harvest/wanted.html", mine=mine, told=told, foods=foods)


@router.get("/offers")
async def offers(request: Request, services: Asking, cooperative_id: Cooperative = None) -> Response:
    """Show what the last search for suppliers got of each of the cooperative's offers, and why not more."""
    mine = cooperative_asked(request, cooperative_id)
    told = (await services.parts(reasons=services.get("procurement", "/offer-reasons", {"cooperative_id": mine})))[
        "reasons"
    ]
    weeks: list[tuple[str, list[views.Offered]]] = []
    if not isinstance(told, Away):
        names = await names_of(services, foods=[each["food_code"] for each in told["items"]])
        weeks = views.offered_of(told, names, page_of(request).language)
    return page(request, "harvest/offers.html", told=told, weeks=weeks)


@router.get("/money")
async def money(request: Request, services: Asking, cooperative_id: Cooperative = None) -> Response:
    """Show what a cooperative earned by month, what it was paid, and what waits to be passed on."""
    mine = cooperative_asked(request, cooperative_id)
    told = await services.parts(
        months=services.get("farmers", f"/cooperatives/{mine}/income", {"limit": 24}),
        payments=services.items("farmers", f"/cooperatives/{mine}/payments", most=_MOST_PAYMENTS),
    )
    payments, more = told["payments"], False
    if not isinstance(payments, Away):
        payments = sorted(payments, key=lambda each: (each["paid_on"], each["payment_id"]), reverse=True)
        payments, more = payments[:_SHOWN_PAYMENTS], len(payments) > _SHOWN_PAYMENTS
    months = told["months"]
    if not isinstance(months, Away):
        months = sorted(months["items"], key=lambda each: each["month"], reverse=True)
    return page(request, "harvest/money.html", months=months, payments=payments, more=more)


async def _lots(services: Upstream, mine: str, now: date) -> list[views.Json]:
    query = {"cooperative_id": mine, "harvested_from": (now - _BACK).isoformat()}
    return await services.items("farmers", "/lots", query)


async def _shown(request: Request, services: Upstream, asked: str | None) -> dict[str, Any]:
    """Return what the page of the harvest needs; without its service the form cannot be filled in. Raises Away."""
    mine, now = cooperative_asked(request, asked), day_of(request)
    told = await services.parts(
        lots=_lots(services, mine, now),
        offers=services.items("farmers", "/offers", {"cooperative_id": mine, "status": "open"}),
        households=services.get("farmers", f"/cooperatives/{mine}/households", {"limit": _MOST_HOUSEHOLDS}),
    )
    for part in told.values():
        if isinstance(part, Away):
            raise part
    codes = views.codes_of(told["lots"], told["offers"])
    shown = await photos_of(services, [lot["lot_id"] for lot in told["lots"]])
    language = page_of(request).language
    names = await names_of(services, foods=codes)
    return {
        "mine": mine,
        "products": [views.product(code, names, language) for code in codes],
        "entered": views.entries_of(told["lots"], names, language),
        "with_photo": shown,
        "photo_lost": request.query_params.get("photo") == "lost",
        "lots": told["lots"],
        "ticked": [],
        "households": [each["household_id"] for each in told["households"]["items"]],
        "more_households": told["households"]["next"] is not None,
        "days": views.days_to_choose(now),
        "sharing": views.SHARING,
    }


def _begun(shown: dict[str, Any], again: str | None) -> dict[str, Any]:
    """Return what stands in the form: today and, for one more of the same, what it was of."""
    begun = {"cooperative_id": shown["mine"], "day": shown["days"][0]}
    same = next((lot for lot in shown["lots"] if lot["lot_id"] == again), None)
    if same is None:
        return begun
    sharing = "last" if same["contributions"] else "own"
    return begun | {"food": same["food_code"], "quantity": typed_kg(same["quantity_g"]), "sharing": sharing}


async def _lot_of(fields: Fields, services: Upstream, mine: str, now: date) -> dict[str, Any]:
    """Return the lot that a form describes. Raises Invalid, Away, Refused."""
    grams = fields.kg("quantity", most_g=1_000_000_000)
    sharing = fields.one_of("sharing", views.SHARING)
    food = fields.text("food", longest=64)
    body = {
        "cooperative_id": mine,
        "food_code": food,
        "harvest_day": fields.day("day").isoformat(),
        "certificate_no": fields.text("certificate", longest=64),
        "quantity_g": grams,
    }
    each = _typed(fields) if sharing == "each" else []
    ticked = fields.several("household", most=_MOST_HOUSEHOLDS)
    if (sharing == "equal" and not ticked) or (sharing == "each" and not each):
        fields.faults.setdefault("sharing", N_("Say which households brought it."))
    fields.check()
    last = views.last_of(await _lots(services, mine, now), food) if sharing == "last" else None
    if sharing == "last" and last is None:
        raise Invalid({"sharing": N_("There is no earlier harvest of this product.")})
    return body | {"contributions": each or views.shared_out(sharing, grams, ticked, last)}


def _typed(fields: Fields) -> list[dict[str, Any]]:
    names = [name for name, value in fields.values.items() if name.startswith("share.") and value.strip()]
    shares = [(name.removeprefix("share."), fields.kg(name, least_g=0)) for name in names[:_MOST_HOUSEHOLDS]]
    return [{"household_id": household, "quantity_g": grams} for household, grams in shares if grams]
