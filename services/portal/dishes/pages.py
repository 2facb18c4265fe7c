"""The dish library: find a dish, see what it gives and costs, copy it, keep it out of new menus."""

from typing import Annotated, Any

from fastapi import Query, Request, Response
from starlette.datastructures import FormData, UploadFile

from services.portal.asking import day_of
from services.portal.dishes import detail, photos, views
from services.portal.dishes.detail import DishCode
from services.portal.forms import Fields, Form, Invalid, fields_of
from services.portal.languages import N_
from services.portal.navigation import Entry
from services.portal.rendering import page
from services.portal.routing import back_to, page_router
from services.portal.terms import ALLERGENS, CATEGORIES
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.auth.principal import Role
from shared.fields import Code

router = page_router(prefix="/dishes", tags=["dishes"])
entries = [
    Entry(
        "/dishes",
        N_("Dishes"),
        N_("Find dishes, see what they give and cost, keep your own."),
        frozenset({Role.CANTEEN, Role.NUTRITIONIST}),
        "dish",
        place=30,
    )
]
refusals = {
    "dish-exists": N_("There is a dish of this code already."),
    "no-such-dish": N_("There is no such dish."),
    "no-photo": N_("This is no photo that others could see. Take a JPEG."),
    "empty-file": N_("This photo has not come whole. Choose it again."),
    "file-cut-off": N_("This photo has not come whole. Choose it again."),
    "dish-photo-too-large": N_(
        "This photo is too large: take it with a browser that runs scripts, which makes it small."
    ),
}
_SHOWN = 12
Search = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]


def owner(request: Request) -> dict[str, str]:
    """Return into whose library a copy goes, as nutrition wants it said."""
    asked = detail.whose(request)
    scope = "canteen" if "canteen_id" in asked else "county" if asked else "province"
    return {"scope": scope, **asked}


@router.get("")
async def library(
    request: Request,
    services: Asking,
    q: Search = "",
    after: Annotated[Code | None, Query(examples=["V01"])] = None,
    retired: bool = False,
) -> Response:
    """Show the dishes that suit."""
    month = day_of(request).month
    fields = Fields(FormData(list[tuple[str, str | UploadFile]](request.query_params.multi_items())))
    mine = detail.whose(request)
    query = _query(fields, month) | mine | {"q": q.strip() or None, "retired": retired, "after": after}
    faults = dict(fields.faults)
    told = await services.parts(dishes=services.get("nutrition", "/dishes", query), lunch=detail.lunch(services))
    dishes, lows = told["dishes"], views.lows_of(None if isinstance(told["lunch"], Away) else told["lunch"])
    cards, more = dishes, None
    if not isinstance(dishes, Away):
        own = set(mine.values())
        cards = [views.card(dish, lows, request.state.language, month, own, mine) for dish in dishes["items"]]
        more = _more(request, dishes["next"])
    shown = {"q": q, "category": "", "season": "", "cost": "", **fields.values}
    return page(
        request,
        "dishes/library.html",
        cards=cards,
        more=more,
        q=q,
        form=Form("/dishes", shown, faults),
        free_of=fields.several("free_of", most=20),
        retired=retired,
        categories=CATEGORIES,
        allergens=ALLERGENS,
        filtered=bool(set(fields.values) - {"retired", "after", "lang"}),
    )


def _query(fields: Fields, month: int) -> dict[str, Any]:
    """Return what is asked of nutrition; a filter that makes no sense is left out, and its fault noted."""
    said = fields.values
    category = said.get("category") or None
    free_of = [each for each in fields.several("free_of", most=20) if each in ALLERGENS]
    cost = fields.fen("cost", most_fen=100_000) if said.get("cost", "").strip() else None
    return {
        "limit": _SHOWN,
        "category": category if category in CATEGORIES else None,
        "free_of": free_of or None,
        "in_season": month if said.get("season") == "now" else None,
        "cost_up_to_fen": None if "cost" in fields.faults else cost,
        "nutrients": list(views.GAUGES),
    }


def _more(request: Request, after: str | None) -> str | None:
    return None if after is None else str(request.url.include_query_params(after=after).query)


@router.get("/{dish_code}")
async def dish(
    request: Request,
    services: Asking,
    dish_code: DishCode,
    version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
) -> Response:
    """Show a dish: what is in it at each age, what it gives and costs, and how it was before."""
    return await detail.show(request, services, dish_code, version)


async def _change(request: Request, services: Upstream, dish_code: str, what: str) -> Response:
    """Do what a form of a dish's page asks for, and show the dish, or what is wrong with the form."""
    fields = await fields_of(request)
    where, then, body = what, dish_code, None
    try:
        if what == "copy":
            then = views.copy_code(dish_code, fields.key)
            where, body = "copies", {"dish_code": then, **owner(request)}
        elif what == "retire":
            body = {"reason": fields.text("reason")}
        fields.check()
        await services.post("nutrition", f"/dishes/{dish_code}/{where}", body, key=fields.key)
    except (Invalid, Refused, Away) as refused:
        again = {what: Form.again(f"/dishes/{dish_code}/{what}", fields, refused)}
        return await detail.show(request, services, dish_code, status=422, again=again)
    return back_to(f"/dishes/{then}")


@router.post("/{dish_code}/copy")
async def copy(request: Request, services: Asking, dish_code: DishCode) -> Response:
    """Copy a dish into the own library."""
    return await _change(request, services, dish_code, "copy")


@router.post("/{dish_code}/retire")
async def retire(request: Request, services: Asking, dish_code: DishCode) -> Response:
    """Keep a dish of one's own out of new menus."""
    return await _change(request, services, dish_code, "retire")


@router.post("/{dish_code}/restore")
async def restore(request: Request, services: Asking, dish_code: DishCode) -> Response:
    """Let a dish stand in new menus again."""
    return await _change(request, services, dish_code, "restore")


router.routes.extend(photos.router.routes)
