"""From what is kept of plans to what people read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.nutrition.plans import queries, usecases
from services.nutrition.plans.answers import (
    AnswerRead,
    DayPlanned,
    DishPlanned,
    MealPlanned,
    MendingRead,
    MenuPlanned,
    PlanListed,
    PlanRead,
    RunRead,
    TargetMet,
    UnmendedRead,
)
from services.nutrition.plans.domain import Plan, PlanStatus, ProofKind
from services.nutrition.plans.words import mending_words, share_of, target_name, unmended_words, when
from shared.fields import Meal
from shared.quantities import divide
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

Names = Mapping[str, tuple[str, str]]


async def read_run(uow: UnitOfWork, run_id: str) -> RunRead:
    """Return how far a run is. Raises NotFound."""
    run = await usecases.run_of(uow, run_id)
    values = {name: getattr(run, name) for name in RunRead.model_fields if name != "plans"}
    return RunRead(**values, plans=await queries.counts(uow.session, run_id))


def listed(plan: Plan) -> PlanListed:
    """Return a plan without its answer."""
    return PlanListed.model_validate({name: getattr(plan, name) for name in PlanListed.model_fields})


async def list_plans(uow: UnitOfWork, paging: Paging, **equal: object) -> list[PlanListed]:
    """Return a page of plans, of a canteen, county, run, week, status or all."""
    return [listed(plan) for plan in await queries.page(uow.session, paging, **equal)]


async def read_plan(uow: UnitOfWork, plan_id: str) -> PlanRead:
    """Return a plan with its answer in words. Raises NotFound."""
    plan = await usecases.plan_of(uow, plan_id)
    run = await usecases.run_of(uow, plan.run_id)
    answer = None
    if plan.answer is not None and plan.inputs is not None:
        versions: dict[str, int] = plan.inputs["dish_versions"]
        names = await queries.names(uow.session, list(versions.items()))
        answer = _answer(plan.answer, versions, names)
    waits = plan.status is PlanStatus.WAITING
    return PlanRead(
        **dict(listed(plan)),
        stage=run.stage,
        progress_permille=run.progress_permille if waits else 1000,
        error=run.error,
        answer=answer,
        inputs=None if plan.inputs is None else dict(plan.inputs),
    )


def _answer(answer: Mapping[str, Any], versions: Mapping[str, int], names: Names) -> AnswerRead:
    weights = answer["weights"]
    return AnswerRead(
        menus=[_menu(answer, menu, versions, names) for menu in answer["menus"]],
        bound=answer["bound"],
        gap=answer["gap"],
        proof=ProofKind.SEARCH if answer["proof_seconds"] > 0 else ProofKind.RELAXATION,
        proof_seconds=answer["proof_seconds"],
        lambda_poor=weights["poor"] / weights["cost"] if weights["cost"] else None,
        mendings=[_mending(answer, mending, names) for mending in answer["mendings"]],
        unmended=[_unmended(answer, unmended) for unmended in answer.get("unmended", ())],
        different_permille=answer["different_permille"],
        left_out=answer["left_out"],
        beyond_offers_g=answer["beyond_offers_g"],
        heads=answer["heads"],
        moves=answer["moves"],
        seconds=answer["seconds"],
    )


def _menu(answer: Mapping[str, Any], menu: Mapping[str, Any], versions: Mapping[str, int], names: Names) -> MenuPlanned:
    days = len(answer["days"])
    spent = menu["cost_mfen"]
    return MenuPlanned(
        score=menu["objective"],
        nutrition_points=sum(menu["missed"].values()),
        parts=menu["parts"],
        cost_fen_per_day=divide(spent, 1000 * days),
        budget_fen_per_day=answer["budget_mfen"] // (1000 * days),
        poor_share=menu["poor_mfen"] / spent if spent else 0.0,
        local_share=menu["local_mfen"] / spent if spent else 0.0,
        days=_days(answer, menu, versions, names),
        targets=[_target(target, menu) for target in answer["targets"]],
    )


def _days(
    answer: Mapping[str, Any], menu: Mapping[str, Any], versions: Mapping[str, int], names: Names
) -> list[DayPlanned]:
    meals: dict[tuple[int, Meal], list[DishPlanned]] = {}
    for (day, meal, slot), code in zip(answer["slots"], menu["dishes"], strict=True):
        if code is not None:
            name_zh, name_en = names[code]
            dish = DishPlanned(slot=slot, dish_code=code, version=versions[code], name_zh=name_zh, name_en=name_en)
            meals.setdefault((day, Meal(meal)), []).append(dish)
    return [
        DayPlanned(
            day=date.fromisoformat(day),
            cost_fen=divide(menu["cost_by_day_mfen"][place], 1000),
            meals=[MealPlanned(meal=meal, dishes=meals[place, meal]) for meal in Meal if (place, meal) in meals],
        )
        for place, day in enumerate(answer["days"])
    ]


def _target(target: Mapping[str, Any], menu: Mapping[str, Any]) -> TargetMet:
    name_zh, name_en = target_name(target)
    value = menu["values"][target["key"]]
    return TargetMet(
        key=target["key"],
        name_zh=name_zh,
        name_en=name_en,
        value=value,
        low=target["low"],
        high=target["high"],
        share=share_of(target, value),
        missed_points=menu["missed"][target["key"]],
        verified=target["verified"],
    )


def _mending(answer: Mapping[str, Any], mending: Mapping[str, Any], names: Names) -> MendingRead:
    target, old = _target_of(answer, mending["target"]), answer["menus"][0]["dishes"]
    replaced = {old[slot] for slot in mending["slots"]}
    instead = names[replaced.pop()] if len(replaced) == 1 and None not in replaced else None
    days = [date.fromisoformat(day) for day in answer["days"]]
    places = [answer["slots"][slot] for slot in mending["slots"]]
    often = when([days[day] for day, _, _ in places], days)
    dish = None if mending["dish"] is None else names[mending["dish"]]
    words_zh, words_en = mending_words(mending, target, dish, often, instead)
    return MendingRead(
        words_zh=words_zh,
        words_en=words_en,
        target=mending["target"],
        dish_code=mending["dish"],
        places=[f"{days[day]}.{meal}.{slot}" for day, meal, slot in places],
        value_before=mending["value_before"],
        value_after=mending["value_after"],
        share_before=share_of(target, mending["value_before"]),
        share_after=share_of(target, mending["value_after"]),
        met_before=1 - mending["miss_before"],
        met_after=1 - mending["miss_after"],
        cost_fen_per_day=divide(mending["cost_mfen_per_day"], 1000),
        over_budget_fen_per_day=-(-mending["over_budget_mfen_per_day"] // 1000),
    )


def _unmended(answer: Mapping[str, Any], unmended: Mapping[str, Any]) -> UnmendedRead:
    worsens = None if unmended["worsens"] is None else _target_of(answer, unmended["worsens"])
    words_zh, words_en = unmended_words(_target_of(answer, unmended["target"]), worsens)
    return UnmendedRead(words_zh=words_zh, words_en=words_en, **unmended)


def _target_of(answer: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(target for target in answer["targets"] if target["key"] == key)
    return found
