"""From a draft to the menu: what stands against it, what publishing does, and changes of a menu that stands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request, Response

from services.portal.asking import day_of
from services.portal.forms import Form, Invalid, fields_of
from services.portal.languages import N_
from services.portal.planner import asking, content, views
from services.portal.rendering import page
from services.portal.routing import back_to, page_router
from services.portal.terms import MEALS
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.fields import Id

Told = Mapping[str, Any]
router = page_router(prefix="/planner/drafts", tags=["planner"])
OBJECTIONS: Mapping[str, str] = {
    "nothing-planned": N_("Nothing is planned yet."),
    "day-closed": N_("This day has begun already."),
    "no-school-day": N_("There is no school on this day."),
    "canteen-closed": N_("The canteen is closed for this meal."),
    "meal-not-served": N_("The canteen does not serve this meal."),
    "meal-empty": N_("No dish yet."),
    "unknown-dish": N_("This dish is not known any more. Choose another."),
    "banned-food": N_("It holds a food that school canteens may not cook. Choose another dish."),
    "food-not-buyable": N_("It holds a food that cannot be bought. Choose another dish."),
    "foreign-dish": N_("This dish belongs to another kitchen. Choose another."),
    "dish-retired": N_("This dish is cooked no more. Choose another."),
    "equipment-exceeded": N_("The kitchen cannot cook so many of these dishes at once."),
    "headcount-zero": N_("Nobody eats. Say who does."),
    "headcount-absurd": N_("More eat than can be. Look at who eats."),
    "over-budget": N_("The week costs more than there is to spend on it."),
    "unpriced-food": N_("A food has no price, so nobody knows what the week costs."),
    "diet-broken": N_("Pupils with a special diet cannot eat this meal."),
}
_ELSE = N_("Something stands against this.")
_OF_MENU = frozenset({"menu-exists", "day-closed"})
"""What stands against a second menu, and not against changing the first: days that have begun stay as they are."""
_OF_PRICES = frozenset({"over-budget", "unpriced-food"})
"""What prices alone bring about: said of a change to a menu that stands, and no reason to refuse it."""
_PLACE = re.compile(r"days\.(\d+)(?:\.dish_codes\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Objection:
    """Something that stands against publishing: what (a msgid), where, in which dish."""

    rule: str
    told: str
    day: str | None = None
    meal: str | None = None
    meal_name: str | None = None
    dish: str | None = None


def objections_of(found: Sequence[Told], meals: Sequence[Told], names: views.Names, amends: bool) -> list[Objection]:
    """Return what stands against a draft, by day; each thing once."""
    told = []
    for one in found:
        if amends and one["rule"] in _OF_MENU:
            continue
        words, match = OBJECTIONS.get(one["rule"], _ELSE), _PLACE.match(one["field"] or "")
        if match is None or int(match[1]) >= len(meals):
            told.append(Objection(one["rule"], words))
            continue
        meal = meals[int(match[1])]
        codes = meal["dish_codes"]
        dish = names[codes[int(match[2])]] if match[2] and int(match[2]) < len(codes) else None
        told.append(Objection(one["rule"], words, meal["day"], meal["meal"], MEALS[meal["meal"]], dish))
    return list(dict.fromkeys(told))


@router.get("/{draft_id}/publish")
async def check_draft(request: Request, services: Asking, draft_id: Id) -> Response:
    """Check a draft, and say what publishing it does."""
    draft = await services.get("nutrition", f"/menu-drafts/{draft_id}")
    if draft["status"] == "published":
        return back_to(f"/planner/menus/{draft['menu_id']}")
    return await _checked(request, services, draft, None)


async def _checked(request: Request, services: Upstream, draft: Told, form: Form | None, status: int = 200) -> Response:
    around, told = await asking.around(
        request,
        services,
        draft["canteen_id"],
        draft["week_start"],
        check=services.send("POST", "nutrition", f"/menu-drafts/{draft['draft_id']}/check", version=draft["version"]),
    )
    if isinstance(told["check"], Away):
        raise told["check"]
    await asking.name_all(services, around.names, asking.codes_of(draft["days"]), draft["canteen_id"])
    standing, names = around.standing, around.names
    found = objections_of(told["check"]["objections"], draft["days"], names, standing is not None)
    warned = [one for one in found if standing is not None and one.rule in _OF_PRICES]
    monday = date.fromisoformat(draft["week_start"])
    week = views.columns(draft["days"], monday, day_of(request), names, around.served, around.forecast)
    action = f"/planner/drafts/{draft['draft_id']}/publish"
    return page(
        request,
        "planner/publish.html",
        status,
        draft=told["check"]["draft"],
        form=form or Form.new(action),
        objections=[one for one in found if one not in warned],
        warned=warned,
        standing=standing,
        differences=[] if standing is None else _differences(standing, draft, names),
        missing=[
            (column.day, cell.name) for column in week if not column.closed for cell in column.cells if not cell.dishes
        ],
        school=names.own(around.canteen),
        meals=sum(len(column.cells) for column in week) if not draft["days"] else len(draft["days"]),
        apart=Form.new(f"/planner/drafts/{draft['draft_id']}/diets", {"version": draft["version"]}),
    )


def _differences(standing: Told, draft: Told, names: views.Names) -> list[views.Changed]:
    return views.changes(content.differences(views.as_drafted(standing), draft["days"]), names)


@router.post("/{draft_id}/publish")
async def publish(request: Request, services: Asking, draft_id: Id) -> Response:
    """Publish a checked draft; where a menu stands for the week it is changed to what the draft says, with a reason."""
    fields = await fields_of(request)
    version = fields.whole("version", most=2_000_000_000)
    fields.check()
    draft = await services.get("nutrition", f"/menu-drafts/{draft_id}")
    if draft["status"] == "published":  # a second tap
        return back_to(f"/planner/menus/{draft['menu_id']}?done=published")
    action = f"/planner/drafts/{draft_id}/publish"
    query = {"canteen_id": draft["canteen_id"], "week_start": draft["week_start"]}
    menus = await services.items("nutrition", "/menus", query)
    standing = next((menu for menu in menus if menu["status"] != "withdrawn"), None)
    try:
        if standing is None:
            where = f"/menu-drafts/{draft_id}/publish"
            done = await services.send("POST", "nutrition", where, key=fields.key, version=version)
            return back_to(f"/planner/menus/{done['menu_id']}?done=published")
        menu_version, reason = fields.whole("menu_version", most=2_000_000_000), fields.text("reason")
        if not fields.values.get("menu_version"):  # it was published after this page was shown
            fields.faults = {"reason": N_("There is a menu for this week already.")}
        fields.check()
        body = {"reason": reason, "days": content.body_of(draft, draft["days"])["days"]}
        where = f"/menus/{standing['menu_id']}"
        await services.put("nutrition", where, body, key=fields.key, version=menu_version)
    except (Invalid, Refused) as refused:
        return await _checked(request, services, draft, Form.again(action, fields, refused), 422)
    # What the draft said is the menu now; a draft that is left behind would only be taken for unfinished work.
    await asking.or_none(services.send("DELETE", "nutrition", f"/menu-drafts/{draft_id}", version=version))
    return back_to(f"/planner/menus/{standing['menu_id']}?done=amended")


@router.post("/{draft_id}/diets")
async def cook_apart(request: Request, services: Asking, draft_id: Id) -> Response:
    """Say that special diets are cooked for apart, and look at the draft again."""
    fields = await fields_of(request)
    version = fields.whole("version", most=2_000_000_000)
    fields.check()
    draft = await services.get("nutrition", f"/menu-drafts/{draft_id}")
    if not draft["diets_apart"]:
        body = content.body_of(draft, draft["days"], diets_apart=True)
        await services.put("nutrition", f"/menu-drafts/{draft_id}", body, version=version)
    return back_to(f"/planner/drafts/{draft_id}/publish")
