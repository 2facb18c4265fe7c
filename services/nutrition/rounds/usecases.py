"""What can happen to the planning of a county's week, apart from carrying it out (see `runs.py`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.nutrition.canteens import queries as canteens
from services.nutrition.foods import queries as foods
from services.nutrition.market import usecases as market
from services.nutrition.planning.reading import school_days
from services.nutrition.rounds import domain, queries
from services.nutrition.rounds.domain import CountyPlan, Status
from shared.errors import Conflict, NotFound, Overloaded
from shared.events.nutrition import CountyPlanEnded, CountyPlanRequested, FoodWanted, PlanOutcome
from shared.events.procurement import MarginalPricesPublished
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many rounds of prices are answered, and how long each is waited for."""

    most_rounds: int
    wait_minutes: int


async def request_plan(
    uow: UnitOfWork, county_code: str, week_start: date, *, publish: bool, bounds: Bounds
) -> CountyPlan:
    """Ask whoever buys for prices to plan a county's week at; every canteen without a menu for it takes part.

    Raises what `domain.check_week_to_plan`, `check_school_days` and `check_size` raise, Conflict
    `county-plan-exists`, Overloaded.
    """
    domain.check_week_to_plan(week_start, uow.now)
    domain.check_school_days(await _school_days(uow, county_code, week_start))
    if await queries.active(uow.session) >= domain.MOST_ACTIVE:
        raise Overloaded("too-many-county-plans", f"{domain.MOST_ACTIVE} counties are being planned; try again later")
    canteen_ids = await queries.canteens_to_plan(uow.session, county_code, week_start)
    wanted = await _foods_wanted(uow, county_code)
    domain.check_size(len(canteen_ids), len(wanted))
    plan = CountyPlan(
        planning_id=new_id(),
        county_code=county_code,
        week_start=week_start,
        status=Status.WAITING,
        publish=publish,
        most_rounds=bounds.most_rounds,
        wait_minutes=bounds.wait_minutes,
        round=0,
        drafted=0,
        final=False,
        gap_permille=None,
        canteens=len(canteen_ids),
        menus=0,
        progress_permille=0,
        outcome=None,
        reason="",
        claim="",
        heartbeat_at=uow.now,
        wait_until=uow.now + timedelta(minutes=bounds.wait_minutes),
        requested_at=uow.now,
        ended_at=None,
    )
    if not await queries.add_plan(uow, plan, canteen_ids):
        detail = f"the week of {week_start} is being planned in {county_code}; cancel that first"
        raise Conflict("county-plan-exists", detail, field="week_start")
    uow.emit(_requested(plan, canteen_ids, wanted))
    return plan


async def _school_days(uow: UnitOfWork, county_code: str, week_start: date) -> tuple[date, ...]:
    """Return the days with school of a county's week."""
    last = week_start + timedelta(days=6)
    return school_days(week_start, last, await canteens.calendar(uow.session, county_code, week_start, last))


async def _foods_wanted(uow: UnitOfWork, county_code: str) -> list[FoodWanted]:
    """Return the foods that dishes are made of and canteens can buy, and what the market takes for them."""
    codes = await queries.foods_of_dishes(uow.session)
    known = await foods.library(uow.session, county_code, codes)
    return [
        FoodWanted(food_code=code, reference_price_fen_per_kg=food.reference_price_fen_per_kg)
        for code, food in sorted(known.items())
        if food.can_be_bought and not food.canteen_ban
    ]


def _requested(plan: CountyPlan, canteen_ids: Sequence[str], wanted: Sequence[FoodWanted]) -> CountyPlanRequested:
    return CountyPlanRequested(
        planning_id=plan.planning_id,
        county_code=plan.county_code,
        week_start=plan.week_start,
        canteen_ids=tuple(canteen_ids),
        foods=tuple(wanted),
        most_rounds=plan.most_rounds,
        wait_until=plan.wait_until,
        requested_at=plan.requested_at,
    )


async def take_prices(uow: UnitOfWork, told: Sequence[MarginalPricesPublished]) -> None:
    """Keep what foods are worth, and queue the plans that waited for it; what comes late or twice changes nothing."""
    await market.keep_prices(uow, told)
    rounds = [
        {
            "of": event.planning_id,
            "of_county": event.county_code,
            "of_week": event.week_start,
            "number": event.round,
            "is_final": event.final,
            "gap": event.gap_permille,
        }
        for event in told
    ]
    await queries.take_prices(uow.session, rounds)


async def plan_of(uow: UnitOfWork, planning_id: str) -> CountyPlan:
    """Return a plan. Raises NotFound."""
    plan = await queries.plan(uow.session, planning_id)
    if plan is None:
        raise NotFound("county-plan", planning_id, field="planning_id")
    return plan


async def cancel_plan(uow: UnitOfWork, planning_id: str) -> CountyPlan:
    """Call a plan off; menus that were made already stand. Said twice, it stays called off.

    Raises NotFound, Conflict `county-plan-has-ended`.
    """
    menus = await queries.menus_of(uow.session, planning_id)
    cancelled = await queries.end(
        uow.session, planning_id, Status.CANCELLED, uow.now, outcome=PlanOutcome.CANCELLED, menus=menus
    )
    if cancelled is None:
        plan = await plan_of(uow, planning_id)
        if plan.status is not Status.CANCELLED:
            raise Conflict("county-plan-has-ended", f"plan {planning_id} is {plan.status}, there is nothing to cancel")
        return plan
    await queries.forget_drafts(uow.session, planning_id)
    uow.emit(ended(cancelled))
    return cancelled


def ended(plan: CountyPlan) -> CountyPlanEnded:
    """Return what the others are told of a plan that has ended."""
    return CountyPlanEnded(
        planning_id=plan.planning_id,
        county_code=plan.county_code,
        week_start=plan.week_start,
        outcome=plan.outcome or PlanOutcome.FAILED,
        rounds=plan.drafted,
        menus=plan.menus,
        reason=plan.reason,
        ended_at=plan.ended_at or plan.requested_at,
    )
