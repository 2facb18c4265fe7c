"""Everything that can happen to a menu plan, apart from computing it (see `runs.py`)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.nutrition.canteens import queries as canteens
from services.nutrition.drafts import usecases as drafts
from services.nutrition.drafts.domain import Content, Origin
from services.nutrition.menus.domain import Wish
from services.nutrition.planning.building import prepare
from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.glance import refuse_the_impossible
from services.nutrition.planning.problem import Problem
from services.nutrition.planning.reading import read_county, read_facts
from services.nutrition.plans import domain, queries
from services.nutrition.plans.answering import in_words
from services.nutrition.plans.asking import wishes_of
from services.nutrition.plans.domain import Plan, PlanStatus, Run, RunStatus, Stage
from services.nutrition.plans.schemas import Asked, BatchRequest, PlanRequest, Wanted
from shared.errors import Conflict, DomainError, NotFound, Overloaded
from shared.fields import Meal
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork
from shared.weeks import monday_of


async def queue_plan(uow: UnitOfWork, body: PlanRequest, most_waiting: int) -> tuple[Run, list[Plan]]:
    """Queue a plan for one canteen. What is impossible at a glance is refused at once, with the rules that clash."""
    domain.check_weeks(body.week_start, uow.now)
    profile = await canteens.profile(uow.session, body.canteen_id)
    asked = Asked.model_validate(body.model_dump(exclude={"canteen_id"}))
    previous = None if body.previous_plan_id is None else await plan_of(uow, body.previous_plan_id)
    if previous is not None and previous.canteen_id != body.canteen_id:
        detail = f"plan {previous.plan_id} is one of {previous.canteen_id}"
        raise DomainError("another-canteens-plan", detail, field="previous_plan_id")
    county = await read_county(uow, profile.county_code, body.week_start, body.weeks)
    facts = await read_facts(uow, county, profile, body.diets_from_permille)
    _refuse_the_impossible(prepare(facts, wishes_of(asked, previous)).problem)
    return await _queue(uow, asked, profile.county_code, [body.canteen_id], most_waiting)


def _refuse_the_impossible(problem: Problem) -> None:
    try:
        refuse_the_impossible(problem)
    except Clashing as error:
        raise Clashing(in_words(error.clashes, problem)) from error


async def queue_batch(uow: UnitOfWork, body: BatchRequest, most_waiting: int) -> tuple[Run, list[Plan]]:
    """Queue plans for canteens of one county.

    Who serves most meals a day plans first: for a small canteen there is a portion left of nearly everything.
    """
    domain.check_weeks(body.week_start, uow.now)
    domain.check_proof(body.proof_seconds, len(body.canteen_ids))
    homes = await queries.homes(uow.session, body.canteen_ids)
    for place, canteen_id in enumerate(body.canteen_ids):
        if canteen_id not in homes:
            raise NotFound("canteen", canteen_id, field=f"canteen_ids.{place}")
    county_code = homes[body.canteen_ids[0]][0]
    for place, canteen_id in enumerate(body.canteen_ids):
        if homes[canteen_id][0] != county_code:
            detail = f"{canteen_id} is of county {homes[canteen_id][0]}, the first of {county_code}"
            raise DomainError("one-county", detail, field=f"canteen_ids.{place}")
    county = await read_county(uow, county_code, body.week_start, body.weeks)
    if not county.days:
        raise Clashing([Clash("no-school-days", "there is no school on any of the days", "week_start")])
    asked = Asked.model_validate(body.model_dump(exclude={"canteen_ids"}))
    in_turn = sorted(homes, key=lambda canteen_id: (-homes[canteen_id][1], canteen_id))
    return await _queue(uow, asked, county_code, in_turn, most_waiting)


async def _queue(
    uow: UnitOfWork, asked: Wanted, county_code: str, canteen_ids: Sequence[str], most_waiting: int
) -> tuple[Run, list[Plan]]:
    waiting = await queries.plans_in_hand(uow.session)
    if waiting + len(canteen_ids) > most_waiting:
        raise Overloaded("planning-queue-full", f"{waiting} plans wait, at most {most_waiting} may; try again later")
    run = Run(
        run_id=new_id(),
        county_code=county_code,
        week_start=asked.week_start,
        weeks=asked.weeks,
        status=RunStatus.QUEUED,
        stage=Stage.WAITING,
        asked=asked.model_dump(mode="json"),
        plans=len(canteen_ids),
        queued_at=uow.now,
        heartbeat_at=uow.now,
    )
    plans = [
        Plan(
            plan_id=new_id(),
            run_id=run.run_id,
            place=place,
            canteen_id=canteen_id,
            county_code=county_code,
            week_start=asked.week_start,
            weeks=asked.weeks,
            status=PlanStatus.WAITING,
            queued_at=uow.now,
        )
        for place, canteen_id in enumerate(canteen_ids)
    ]
    await queries.add(uow.session, run, plans)
    return run, plans


async def plan_of(uow: UnitOfWork, plan_id: str) -> Plan:
    """Return a plan. Raises NotFound."""
    plan = await queries.plan(uow.session, plan_id)
    if plan is None:
        raise NotFound("menu-plan", plan_id, field="plan_id")
    return plan


async def run_of(uow: UnitOfWork, run_id: str) -> Run:
    """Return a planning run. Raises NotFound."""
    run = await queries.run(uow.session, run_id)
    if run is None:
        raise NotFound("planning-run", run_id, field="run_id")
    return run


async def cancel_run(uow: UnitOfWork, run_id: str) -> Run:
    """Stop a run: answers that are there stand. Raises NotFound, Conflict `run-has-ended`."""
    if not await queries.ask_to_cancel(uow.session, run_id, uow.now):
        ended = await run_of(uow, run_id)
        if ended.status is not RunStatus.CANCELLED:
            raise Conflict("run-has-ended", f"run {run_id} is {ended.status}, there is nothing to cancel")
    return await run_of(uow, run_id)


async def cancel_plan(uow: UnitOfWork, plan_id: str) -> Plan:
    """Call one plan off; the last of a run that still waits takes the run with it. Said twice, it stays called off.

    Raises NotFound, Conflict `plan-has-ended`.
    """
    plan = await plan_of(uow, plan_id)
    if await queries.keep(uow.session, plan_id, {"status": PlanStatus.CANCELLED}):
        if not (await queries.counts(uow.session, plan.run_id)).get(PlanStatus.WAITING):
            await queries.ask_to_cancel(uow.session, plan.run_id, uow.now)
    elif (plan := await plan_of(uow, plan_id)).status is not PlanStatus.CANCELLED:
        raise Conflict("plan-has-ended", f"plan {plan_id} is {plan.status}, there is nothing to cancel")
    return await plan_of(uow, plan_id)


async def take_plan(uow: UnitOfWork, plan_id: str, alternative: int, by_forecast: bool = False) -> Plan:
    """Make one of a plan's menus a draft for each week. Raises what `domain.check_takeable` raises.

    Pupils whose diet the common menu does not keep are cooked for by themselves: the drafts say so.
    """
    domain.check_takeable(await plan_of(uow, plan_id), alternative, uow.now)
    if not await queries.take(uow.session, plan_id, alternative, uow.now):
        domain.check_takeable(await plan_of(uow, plan_id), alternative, uow.now)
    plan = await plan_of(uow, plan_id)
    profile = await canteens.profile(uow.session, plan.canteen_id)
    apart = any(diet.pupils for diet in profile.diets)
    drafted = [
        await drafts.create_draft(
            uow,
            plan.canteen_id,
            monday,
            Content(f"plan {plan.plan_id}", tuple(wishes), diets_apart=apart),
            origin=Origin.PLAN,
            source_id=plan_id,
        )
        for monday, wishes in _weeks(plan, alternative, by_forecast)
    ]
    await queries.became(uow.session, plan_id, [draft.draft_id for draft in drafted])
    return await plan_of(uow, plan_id)


def _weeks(plan: Plan, alternative: int, by_forecast: bool) -> list[tuple[date, list[Wish]]]:
    """Return the meals of a plan's menu by the Monday of their week."""
    answer: dict[str, Any] = dict(plan.answer or {})
    meals: dict[tuple[date, Meal], list[str]] = {}
    for (day, meal, _), dish in zip(answer["slots"], answer["menus"][alternative]["dishes"], strict=True):
        if dish is not None:
            meals.setdefault((date.fromisoformat(answer["days"][day]), Meal(meal)), []).append(dish)
    weeks: dict[date, list[Wish]] = {}
    for (day, meal), dishes in sorted(meals.items(), key=lambda item: (item[0][0], list(Meal).index(item[0][1]))):
        wishes = weeks.setdefault(monday_of(day), [])
        wishes.append(Wish(len(wishes), day, meal, tuple(dishes), by_forecast=by_forecast))
    return sorted(weeks.items())
