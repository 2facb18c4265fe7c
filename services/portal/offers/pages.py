"""Routes of offers: what is on offer, one more, what is changed of one, and taking it back."""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from services.portal.asking import day_of
from services.portal.forms import Fields, Form, Invalid, fields_of
from services.portal.inbox.asked import cooperative_asked
from services.portal.languages import N_
from services.portal.naming import names_of
from services.portal.navigation import Entry
from services.portal.offers import asked, certificates, views
from services.portal.offers.fields import NAMES, priced, terms_of
from services.portal.offers.routes import router
from services.portal.offline.answers import shown_again, taken
from services.portal.rendering import page, page_of
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.auth.principal import Role
from shared.fields import Code, Id

__all__ = ["certificates", "entries", "refusals", "router"]
entries = [
    Entry(
        "/offers",
        N_("Offers"),
        N_("Say what you can deliver, when and at which price. Schools order only what is offered."),
        frozenset({Role.CLERK}),
        "basket",
        place=15,
    )
]
refusals = {
    "window-reversed": N_("It ends before it begins."),
    "offer-in-the-past": N_("These days are over."),
    "window-too-long": N_("An offer lasts at most a year."),
    "too-far-ahead": N_("This is too far ahead."),
    "minimum-above-quantity": N_("The smallest order is more than the whole."),
    "not-whole-packs": N_("This is not a whole number of packs."),
    "available-before-harvest": N_("It is harvested later than this."),
    "beyond-shelf-life": N_("Until then it does not keep."),
    "offer-withdrawn": N_("This offer is withdrawn. Make a new one."),
    "below-promised": N_("More than this is promised to schools already."),
    "beyond-contract": N_("The contract has less than this left."),
    "beyond-capacity": N_("You told the county that you can bring less than this in the season."),
    "contract-cancelled": N_("This contract is cancelled."),
    "outside-the-season": N_("The contract does not run on this day."),
    "issued-in-the-future": N_("This day is still to come."),
    "too-long": N_("This is too long."),
    "not-the-contract-price": N_("The contract pays another price. Leave it empty, and that is taken."),
}
Cooperative = Annotated[Id | None, Query(description="one of the clerk's; the first, if left out")]
Food = Annotated[Code | None, Query(description="what is offered; to be chosen, if left out")]
OfferId = Annotated[Id, Path()]
_NEW, _ONE = "offers/new.html", "offers/offer.html"


@router.get("")
async def offers(request: Request, services: Asking, cooperative_id: Cooperative = None) -> Response:
    """Show what is on offer, what holds it back, and what was offered before."""
    mine, now = cooperative_asked(request, cooperative_id), day_of(request)
    told = await services.parts(
        offers=asked.offers_of(services, mine, now),
        gaps=services.get("farmers", f"/cooperatives/{mine}/certificate-gaps"),
        ending=services.get(
            "farmers", "/certificates/expiring", {"cooperative_id": mine, "within_days": views.WARNED_DAYS}
        ),
    )
    found, gaps, ending = told["offers"], told["gaps"], told["ending"]
    if isinstance(found, Away):
        return page(request, "offers/offers.html", mine=mine, cards=found, former=[], ending=[], gaps=gaps)
    names, language = await names_of(services, foods=views.own_codes(found)), page_of(request).language
    known = asked.NO_GAPS if isinstance(gaps, Away) else gaps
    return page(
        request,
        "offers/offers.html",
        mine=mine,
        cards=views.cards_of(found, known, names, language, now),
        former=views.former_of(found, names, language, now),
        ending=[] if isinstance(ending, Away) else views.ending(ending),
        gaps=gaps,
        kinds=views.KINDS,
        photo_lost=request.query_params.get("photo") == "lost",
    )


@router.get("/new")
async def begin(
    request: Request,
    services: Asking,
    cooperative_id: Cooperative = None,
    food: Food = None,
    again: Annotated[Id | None, Query(description="the offer that is made once more")] = None,
) -> Response:
    """Show what could be offered; once it is chosen, the form, filled in as the last time."""
    mine, now = cooperative_asked(request, cooperative_id), day_of(request)
    same = None if again is None else await services.get("farmers", f"/offers/{again}")
    code = food if same is None else same["food_code"]
    if code is None:
        return page(request, "offers/choose.html", **await asked.choices(request, services, mine, now))
    shown = await asked.new_offer(request, services, mine, code)
    begun = views.begun_with(shown["known"], shown["last"], now) if same is None else views.again(same, now)
    form = Form.new("/offers/new", begun | {"cooperative_id": mine, "food": code})
    return page(request, _NEW, **shown, form=form)


@router.post("/new")
async def publish(request: Request, services: Asking) -> Response:
    """Publish an offer."""
    fields = await fields_of(request)
    mine = cooperative_asked(request, fields.values.get("cooperative_id"))
    food = fields.text("food", longest=64)
    try:
        terms = terms_of(fields, food, fields.text("contract", longest=64, needed=False) or None)
        fields.check()
        body = {"cooperative_id": mine, **await priced(services, terms)}
        offer = await services.post("farmers", "/offers", body, key=fields.key)
    except (Invalid, Refused) as refused:
        form = Form.again("/offers/new", fields, refused, NAMES)
        return shown_again(request, _NEW, form, **await asked.new_offer(request, services, mine, food))
    return taken(request, f"/offers/{offer['offer_id']}")


@router.get("/{offer_id}")
async def offer(request: Request, services: Asking, offer_id: OfferId) -> Response:
    """Show an offer, with the form to change it and the button to take it back."""
    found = await services.get("farmers", f"/offers/{offer_id}")
    form = Form.new(f"/offers/{offer_id}", views.standing_in(found))
    return page(request, _ONE, **await asked.one_offer(request, services, found), form=form)


@router.post("/{offer_id}")
async def amend(request: Request, services: Asking, offer_id: OfferId) -> Response:
    """Change an offer, as it was when it was looked at."""
    fields = await fields_of(request)
    found = await services.get("farmers", f"/offers/{offer_id}")
    try:
        terms, version = terms_of(fields, found["food_code"], found["contract_id"]), fields.whole("version", least=1)
        fields.check()
        if terms["price_fen_per_kg"] is None and terms["available_from"] == found["available_from"]:
            terms["price_fen_per_kg"] = found["price_fen_per_kg"]
        body = await priced(services, terms)
        await services.put("farmers", f"/offers/{offer_id}", body, version=version, key=fields.key)
    except (Invalid, Refused) as refused:
        return await _again(request, services, offer_id, fields, refused)
    return taken(request, f"/offers/{offer_id}")


@router.post("/{offer_id}/withdraw")
async def withdraw(request: Request, services: Asking, offer_id: OfferId) -> Response:
    """Take an offer back; what schools were promised of it stands."""
    fields = await fields_of(request)
    try:
        await services.post("farmers", f"/offers/{offer_id}/withdraw", key=fields.key)
    except Refused as refused:
        return await _again(request, services, offer_id, fields, refused)
    return taken(request, f"/offers/{offer_id}")


async def _again(
    request: Request, services: Upstream, offer_id: str, fields: Fields, refused: Invalid | Refused
) -> Response:
    """Show what was typed beside what the offer is now; sent again it changes that."""
    found = await services.get("farmers", f"/offers/{offer_id}")
    stale = refused.rule == "stale-version"
    if stale:
        fields.values["version"] = str(found["version"])
    form = Form.again(f"/offers/{offer_id}", fields, refused, NAMES)
    shown: dict[str, Any] = await asked.one_offer(request, services, found)
    return shown_again(request, _ONE, form, **shown | {"stale": stale})
