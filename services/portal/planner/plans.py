"""A week suggested by the planner: asked for, followed while it is computed, called off, taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from services.portal.forms import Form, fields_of
from services.portal.languages import N_
from services.portal.planner.views import Names
from services.portal.rendering import page
from services.portal.routing import back_to, page_router
from services.portal.terms import MEALS
from services.portal.upstream import Asking
from shared.fields import Id
from shared.ids import new_id

Told = Mapping[str, Any]
router = page_router(prefix="/planner", tags=["planner"])
STAGES: Mapping[str, str] = {
    "waiting": N_("Waiting for its turn"),
    "reading": N_("Reading dishes, prices and harvests"),
    "warming_up": N_("Getting ready"),
    "planning": N_("Trying weeks"),
    "done": N_("Checking the answer"),
}
_MENDINGS = 4


@dataclass(frozen=True, slots=True)
class Meal:
    """A meal of a suggested day: its name (a msgid) and its dishes."""

    name: str
    dishes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One of the weeks suggested. Money is fen for an average child and day, shares are 1/1000 of it."""

    number: int
    cost_fen: int
    budget_fen: int
    poor_permille: int
    local_permille: int
    missed: tuple[tuple[str, int], ...]
    days: tuple[tuple[str, tuple[Meal, ...]], ...]


def suggestions(answer: Told, language: str) -> list[Suggestion]:
    """Return the weeks of a plan's answer, the best first, each with what it misses most."""
    names = Names(language)
    return [
        Suggestion(
            number=number,
            cost_fen=menu["cost_fen_per_day"],
            budget_fen=menu["budget_fen_per_day"],
            poor_permille=round(1000 * menu["poor_share"]),
            local_permille=round(1000 * menu["local_share"]),
            missed=_missed(menu["targets"], names),
            days=tuple((day["day"], _meals(day["meals"], names)) for day in menu["days"]),
        )
        for number, menu in enumerate(answer["menus"])
    ]


def _missed(targets: Sequence[Told], names: Names) -> tuple[tuple[str, int], ...]:
    lacking = [one for one in targets if one["missed_points"] > 0 and one["share"] is not None and one["low"]]
    lacking.sort(key=lambda one: (-one["missed_points"], one["key"]))
    return tuple((names.own(one), round(1000 * one["share"])) for one in lacking[:3] if one["share"] < 1)


def _meals(meals: Sequence[Told], names: Names) -> tuple[Meal, ...]:
    return tuple(Meal(MEALS[one["meal"]], tuple(names.own(dish) for dish in one["dishes"])) for one in meals)


def in_words(found: Sequence[Told], language: str, name: str = "words") -> list[str]:
    """Return the sentences of the planner in the page's language; what it says in one only is shown in that."""
    if name == "detail":
        return [(one["detail_zh"] if language == "zh" else "") or one["detail"] for one in found]
    return [one["words_zh"] if language == "zh" else one["words_en"] for one in found]


@router.post("/schools/{canteen_id}/plans")
async def suggest_week(request: Request, services: Asking, canteen_id: Id) -> Response:
    """Ask for a week: the best there is for the money, from what is growing."""
    fields = await fields_of(request)
    week = fields.day("week")
    fields.check()
    body = {"canteen_id": canteen_id, "week_start": week.isoformat()}
    run = await services.post("nutrition", "/menu-plans", body, key=fields.key)
    return back_to(f"/planner/plans/{run['plans'][0]['plan_id']}")


@router.get("/plans/{plan_id}")
async def show_plan(request: Request, services: Asking, plan_id: Id) -> Response:
    """Show how far a suggestion is, and then what it is."""
    plan = await services.get("nutrition", f"/menu-plans/{plan_id}")
    canteen = await services.get("nutrition", f"/canteens/{plan['canteen_id']}")
    language, answer = request.state.language, plan["answer"]
    week = f"/planner/schools/{plan['canteen_id']}?week={plan['week_start']}"
    return page(
        request,
        "planner/plan.html",
        plan=plan,
        week=week,
        school=Names(language).own(canteen),
        stage=STAGES[plan["stage"]],
        cancel=Form.new(f"/planner/plans/{plan_id}/cancel"),
        again=Form.new(f"/planner/schools/{plan['canteen_id']}/plans", {"week": plan["week_start"]}),
        keys=[new_id() for _ in range(3)],
        found=[] if answer is None else suggestions(answer, language),
        mendings=[] if answer is None else in_words(answer["mendings"][:_MENDINGS], language),
        clashes=in_words(plan["clashes"], language, "detail"),
    )


@router.post("/plans/{plan_id}/cancel")
async def cancel_plan(request: Request, services: Asking, plan_id: Id) -> Response:
    """Call a suggestion off."""
    fields = await fields_of(request)
    await services.post("nutrition", f"/menu-plans/{plan_id}/cancel", key=fields.key)
    return back_to(f"/planner/plans/{plan_id}")


@router.post("/plans/{plan_id}/take")
async def take_plan(request: Request, services: Asking, plan_id: Id) -> Response:
    """Take a suggestion: it becomes a draft."""
    fields = await fields_of(request)
    alternative = fields.whole("alternative", most=2)
    fields.check()
    taken = await services.post(
        "nutrition", f"/menu-plans/{plan_id}/take", {"alternative": alternative}, key=fields.key
    )
    return back_to(f"/planner/drafts/{taken['draft_ids'][0]}")
