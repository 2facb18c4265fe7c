"""A draft of a week: shown, and changed meal by meal; every change is kept at once, and the totals come with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from services.portal.asking import number_of
from services.portal.forms import Fields, Invalid, fields_of
from services.portal.languages import N_
from services.portal.planner import asking, content, eating, views
from services.portal.planner.board import board_of
from services.portal.refusals import meaning
from services.portal.rendering import page, page_of
from services.portal.routing import back_to, page_router
from services.portal.terms import ALLERGENS, CATEGORIES, MEALS
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.fields import Id

Told = Mapping[str, Any]
router = page_router(prefix="/planner/drafts", tags=["planner"])
_STALE = 412
_SOUGHT = ("q", "category", "season", "free_of", "cost")
_LONGEST_SOUGHT = 100


@dataclass(frozen=True, slots=True)
class News:
    """What the page says of the last change: how to take it back, or why it was not made and how to make it again."""

    undo: views.Undo | None = None
    fault: str | None = None
    others: Sequence[views.Changed] = ()
    again: Mapping[str, str] | None = None


NOTHING_NEW = News()


@router.get("/{draft_id}")
async def draft(
    request: Request, services: Asking, draft_id: Id, day: str = "", undo: str = "", at: str = ""
) -> Response:
    """Show a draft with its totals; `undo` takes the change before back while the version is still `at`."""
    found = await services.get("nutrition", f"/menu-drafts/{draft_id}")
    if found["status"] == "published":
        return back_to(f"/planner/menus/{found['menu_id']}")
    before = content.meal_of(undo) if at == str(found["version"]) else None
    news = News(undo=None if before is None else views.Undo(before["day"], before["meal"], undo))
    return await show_draft(request, services, found, day=day, news=news)


async def show_draft(
    request: Request,
    services: Upstream,
    draft: Told,
    *,
    day: str | None = None,
    news: News = NOTHING_NEW,
    status: int = 200,
    open_meal: content.Place | None = None,
    wrong: Invalid | None = None,
) -> Response:
    """Return the page of a draft; for htmx its board with the rail, and what the dialog shows of `open_meal`.

    What is `wrong` with that meal is said in its dialog, which stays open with what was typed.
    """
    where, seen = f"/menu-drafts/{draft['draft_id']}", content.texts_of(draft["days"])
    lifts = asking.or_none(services.get("nutrition", f"{where}/lifts"))
    board = await board_of(request, services, draft, draft["days"], where, day, lifts=lifts)
    names = board.around.names
    headers = {"HX-Replace-Url": f"/planner/drafts/{draft['draft_id']}?day={board.context['shown']}"}
    if status != 200 and open_meal is None:
        headers["HX-Trigger"] = "close-dialog"
    return page(
        request,
        "planner/draft.html",
        status,
        headers if page_of(request).is_fragment else None,
        **board.context,
        draft=draft,
        standing=board.around.standing,
        left_empty=[(left, MEALS[left["meal"]], names[left["dish_code"] or ""]) for left in draft["left_empty"]],
        news=news,
        seen=seen,
        meal=None if open_meal is None else _meal_told(draft, open_meal, board.around, seen, wrong),
    )


@router.get("/{draft_id}/meal")
async def meal(
    request: Request,
    services: Asking,
    draft_id: Id,
    day: str = "",
    meal: str = "",
    seen: str = "",
    version: str = "",
) -> Response:
    """Show a meal: its dishes, what could be added to it, and who eats it."""
    draft = await services.get("nutrition", f"/menu-drafts/{draft_id}")
    where = content.place_of(day, meal)
    if where is None or draft["status"] == "published":
        return back_to(f"/planner/drafts/{draft_id}")
    return await _meal_page(request, services, draft, where, seen=seen, version=version)


async def _meal_page(
    request: Request,
    services: Upstream,
    draft: Told,
    where: content.Place,
    *,
    seen: str = "",
    version: str = "",
    wrong: Invalid | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """Return the page of a meal, or its dialog; with what was typed `wrong`, and why."""
    sought = {name: request.query_params.get(name, "")[:_LONGEST_SOUGHT] for name in _SOUGHT}
    asked = services.items("nutrition", "/dishes", _query(draft, where, sought))
    around, told = await asking.around(request, services, draft["canteen_id"], draft["week_start"], found=asked)
    names = around.names
    await asking.name_all(services, names, asking.codes_of(draft["days"]), draft["canteen_id"])
    shown = _meal_told(draft, where, around, seen or content.texts_of(draft["days"]), wrong, typed)
    # Of the board behind the dialog: what others did since is told.
    shown["version"] = number_of(version) or shown["version"]
    chosen = content.at(draft["days"], where)["dish_codes"]
    listed = [] if isinstance(told["found"], Away) else told["found"]
    return page(
        request,
        "planner/meal.html",
        200 if wrong is None else 422,
        draft=draft,
        meal=shown,
        found=views.found_dishes(listed, names, where[0], chosen, draft["canteen_id"]),
        sought=sought,
        away=told["found"],
        school=names.own(around.canteen),
        categories=CATEGORIES,
        allergens=ALLERGENS,
    )


def _query(draft: Told, where: content.Place, sought: Mapping[str, str]) -> dict[str, Any]:
    """Return what nutrition is asked for dishes; what somebody typed that is no choice is left out."""
    fen = number_of(sought["cost"])
    return {
        "canteen_id": draft["canteen_id"],
        "week_start": draft["week_start"],
        "q": sought["q"].replace("\x00", "") or None,
        "category": sought["category"] if sought["category"] in CATEGORIES else None,
        "free_of": [sought["free_of"]] if sought["free_of"] in ALLERGENS else None,
        "in_season": int(where[0][5:7]) if sought["season"] else None,
        "cost_up_to_fen": None if fen is None else min(fen, 100_000),
    }


def _meal_told(
    draft: Told,
    where: content.Place,
    around: asking.Around,
    seen: str,
    wrong: Invalid | None = None,
    typed: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what the dialog shows of a meal besides the dishes to choose from."""
    one = content.at(draft["days"], where)
    return {
        "day": where[0],
        "meal": where[1],
        "name": MEALS[where[1]],
        "action": f"/planner/drafts/{draft['draft_id']}/meal",
        "version": draft["version"],
        "seen": seen,
        "dishes": [views.Dish(code, around.names[code]) for code in one["dish_codes"]],
        "bands": eating.bands_of(around.canteen, one["headcounts"], typed),
        "fault": None if wrong is None else wrong.detail,
        "everybody": one["headcounts"] is None,
    }


@router.post("/{draft_id}/meal")
async def change_meal(request: Request, services: Asking, draft_id: Id) -> Response:
    """Change a meal: add a dish, remove one, put one in another's place, say who eats, or take a change back."""
    fields = await fields_of(request)
    version = fields.whole("version", most=2_000_000_000)
    fields.check()
    where = content.place_of(fields.values.get("day", ""), fields.values.get("meal", ""))
    if where is None:
        raise Invalid({"day": N_("Choose a day.")})
    draft = await services.get("nutrition", f"/menu-drafts/{draft_id}")
    old = content.at(draft["days"], where)
    try:
        new = _wanted(fields, old)
    except Invalid as wrong:
        if "eaters" in fields.values and fields.values.get("dialog"):
            return await _eaters_again(request, services, draft, where, fields, wrong)
        news = News(fault=wrong.detail)
        return await show_draft(request, services, draft, day=where[0], status=422, news=news)
    if content.text_of(new) == content.text_of(old):  # a second tap, or somebody else had the same thought
        return await _answer(request, services, draft, where, fields, None)
    if draft["version"] != version:
        return await _stale(request, services, draft, where, fields)
    body = content.body_of(draft, content.with_meal(draft["days"], new))
    try:
        changed = await services.put("nutrition", f"/menu-drafts/{draft_id}", body, version=version)
    except Refused as refused:
        draft = await services.get("nutrition", f"/menu-drafts/{draft_id}")
        if refused.status == _STALE:
            return await _stale(request, services, draft, where, fields)
        news = News(fault=meaning(refused))
        return await show_draft(request, services, draft, day=where[0], status=422, news=news)
    return await _answer(request, services, changed, where, fields, views.undo_of(old, new))


async def _eaters_again(
    request: Request, services: Upstream, draft: Told, where: content.Place, fields: Fields, wrong: Invalid
) -> Response:
    """Show the meal with the numbers somebody typed, and what is wrong with them: nothing has to be typed again."""
    if page_of(request).is_fragment:
        return await show_draft(request, services, draft, day=where[0], status=422, open_meal=where, wrong=wrong)
    seen, version = (fields.values.get(name, "") for name in ("seen", "version"))
    return await _meal_page(
        request, services, draft, where, seen=seen, version=version, wrong=wrong, typed=fields.values
    )


def _wanted(fields: Fields, old: Told) -> dict[str, Any]:
    """Return the meal as it should be. Raises Invalid."""
    whole = content.meal_of(fields.values.get("whole", ""))
    if whole is not None:
        return {**whole, "day": old["day"], "meal": old["meal"]}
    if "eaters" in fields.values:
        return {**old, "headcounts": eating.heads_said(fields)}
    return content.changed(old, fields.values.get("add", ""), fields.values.get("remove", ""))


async def _answer(
    request: Request,
    services: Upstream,
    draft: Told,
    where: content.Place,
    fields: Fields,
    undo: views.Undo | None,
) -> Response:
    if page_of(request).is_fragment:
        open_meal = where if fields.values.get("dialog") else None
        return await show_draft(request, services, draft, day=where[0], news=News(undo=undo), open_meal=open_meal)
    back = f"/planner/drafts/{draft['draft_id']}"
    if fields.values.get("dialog"):
        return back_to(f"{back}/meal?day={where[0]}&meal={where[1]}")
    taking_back = "" if undo is None else f"&undo={undo.before}&at={draft['version']}"
    return back_to(f"{back}?day={where[0]}{taking_back}")


async def _stale(request: Request, services: Upstream, draft: Told, where: content.Place, fields: Fields) -> Response:
    """Show what others changed since the page was loaded, and offer to make the change all the same."""
    seen = content.meals_of(fields.values.get("seen", ""))
    found = content.differences(seen, draft["days"])
    names = views.Names(request.state.language)
    canteen = {"canteen_id": draft["canteen_id"]}
    codes = {code for one in found for code in (*one.came, *one.went)}
    if codes:
        listed = await services.items("nutrition", "/dishes", canteen)
        names = views.Names(request.state.language, listed)
        await asking.name_all(services, names, codes, draft["canteen_id"])
    again = {name: value for name, value in fields.values.items() if name not in ("seen", "version", "dialog")}
    news = News(
        fault=N_("Somebody changed this menu meanwhile. Your change was not made yet."),
        others=views.changes(found, names),
        again=again,
    )
    return await show_draft(request, services, draft, day=where[0], status=409, news=news)


@router.post("/{draft_id}/delete")
async def delete_draft(request: Request, services: Asking, draft_id: Id) -> Response:
    """Throw a draft away, as it was shown."""
    fields = await fields_of(request)
    version = fields.whole("version", most=2_000_000_000)
    fields.check()
    draft = await services.get("nutrition", f"/menu-drafts/{draft_id}")
    await services.send("DELETE", "nutrition", f"/menu-drafts/{draft_id}", version=version)
    return back_to(f"/planner/schools/{draft['canteen_id']}?week={draft['week_start']}")
