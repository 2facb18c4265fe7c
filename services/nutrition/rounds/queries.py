"""SQL of county plans, their rounds and drafts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Row, and_, bindparam, case, delete, exists, func, insert, or_, select, update

from services.nutrition.canteens.models import Canteen
from services.nutrition.dishes.models import Dish, DishIngredient
from services.nutrition.market.models import PriceRound
from services.nutrition.menus.domain import Status as MenuStatus
from services.nutrition.menus.models import Menu
from services.nutrition.rounds.domain import ACTIVE, CountyPlan, Draft, Status
from services.nutrition.rounds.models import CountyDraft, CountyPlanCanteen, CountyRound
from services.nutrition.rounds.models import CountyPlan as CountyPlanTable
from services.nutrition.tables import insert_into, table_of
from shared.auth.finding import finder
from shared.database import Session
from shared.events.nutrition import PlanOutcome
from shared.fields import Meal
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

county_plan, plan_canteen = table_of(CountyPlanTable), table_of(CountyPlanCanteen)
county_round, county_draft = table_of(CountyRound), table_of(CountyDraft)
tenants_of = finder(county_plan.c.planning_id, county=county_plan.c.county_code)
_price_round, _canteen, _menu = table_of(PriceRound), table_of(Canteen), table_of(Menu)
_dish, _ingredient = table_of(Dish), table_of(DishIngredient)
_NAMES = [field.name for field in fields(CountyPlan)]
_PLAN = [county_plan.c[name] for name in _NAMES]
_DRAFT = [county_draft.c[field.name] for field in fields(Draft)]
_NOTHING_YET = and_(
    plan_canteen.c.menu_id.is_(None), plan_canteen.c.menu_draft_id.is_(None), plan_canteen.c.reason == ""
)
TAKEN_FOR_DEAD = timedelta(seconds=60)
"""A plan whose replica gave no sign of life for so long is taken over."""


async def add_plan(uow: UnitOfWork, plan: CountyPlan, canteen_ids: Sequence[str]) -> bool:
    """Add a plan with its canteens; False when that county and week is being planned already."""
    values = {name: getattr(plan, name) for name in _NAMES}
    added = insert_into(uow, county_plan).values(values).on_conflict_do_nothing().returning(county_plan.c.planning_id)
    if await uow.session.scalar(added) is None:
        return False
    rows = [{"planning_id": plan.planning_id, "canteen_id": one, "reason": ""} for one in canteen_ids]
    await uow.session.execute(insert(plan_canteen), rows)
    return True


async def plan(session: Session, planning_id: str) -> CountyPlan | None:
    """Return a plan, None when there is none."""
    row = (await session.execute(select(*_PLAN).where(county_plan.c.planning_id == planning_id))).first()
    return None if row is None else _plan(row)


def _plan(row: Row[Any]) -> CountyPlan:
    values = dict(zip(_NAMES, row, strict=True))
    outcome = None if values["outcome"] is None else PlanOutcome(values["outcome"])
    return CountyPlan(**values | {"status": Status(values["status"]), "outcome": outcome})


async def page(session: Session, paging: Paging, county_code: str | None, week_start: date | None) -> list[CountyPlan]:
    """Return a page of plans by id, of a county or a week or all."""
    statement = select(*_PLAN).order_by(county_plan.c.planning_id).limit(paging.limit)
    if county_code is not None:
        statement = statement.where(county_plan.c.county_code == county_code)
    if week_start is not None:
        statement = statement.where(county_plan.c.week_start == week_start)
    if paging.after is not None:
        statement = statement.where(county_plan.c.planning_id > paging.after)
    return [_plan(row) for row in (await session.execute(statement)).all()]


async def active(session: Session) -> int:
    """Return how many plans are at work."""
    counted = select(func.count()).select_from(county_plan).where(county_plan.c.status.in_(ACTIVE))
    return int(await session.scalar(counted) or 0)


async def canteens_to_plan(session: Session, county_code: str, week_start: date) -> list[str]:
    """Return the county's canteens that have pupils and no published menu for a week, by id."""
    published = and_(
        _menu.c.canteen_id == _canteen.c.canteen_id,
        _menu.c.week_start == week_start,
        _menu.c.status == MenuStatus.PUBLISHED,
    )
    wanted = and_(_canteen.c.county_code == county_code, _canteen.c.pupils > 0, ~exists().where(published))
    return list(await session.scalars(select(_canteen.c.canteen_id).where(wanted).order_by(_canteen.c.canteen_id)))


async def foods_of_dishes(session: Session) -> set[str]:
    """Return the foods of all dishes that are not retired."""
    cooked = and_(_dish.c.dish_code == _ingredient.c.dish_code, _dish.c.version == _ingredient.c.version)
    statement = select(_ingredient.c.food_code).join(_dish, cooked).where(_dish.c.retired_at.is_(None)).distinct()
    return set(await session.scalars(statement))


async def take_prices(session: Session, told: Sequence[Mapping[str, Any]]) -> None:
    """Note rounds of prices, each higher than the one before; what comes late, twice or unasked changes nothing.

    A round beyond the bound counts only if it is final, and nothing counts after a final one.
    """
    newer = and_(
        county_plan.c.planning_id == bindparam("of"),
        county_plan.c.county_code == bindparam("of_county"),
        county_plan.c.week_start == bindparam("of_week"),
        county_plan.c.status.in_(ACTIVE),
        county_plan.c.final.is_(False),
        county_plan.c.round < bindparam("number"),
        or_(county_plan.c.most_rounds >= bindparam("number"), bindparam("is_final", type_=Boolean)),
    )
    waiting = case((county_plan.c.status == Status.WAITING, Status.QUEUED.value), else_=county_plan.c.status)
    values: dict[str, Any] = {
        "round": bindparam("number"),
        "final": bindparam("is_final"),
        "gap_permille": bindparam("gap"),
    }
    await session.execute(update(county_plan).where(newer).values(values | {"status": waiting}), list(told))


async def claim(session: Session, claim_id: str, now: datetime) -> CountyPlan | None:
    """Take the oldest plan that has prices, has waited long enough, or whose replica died; None when there is none.

    Of several who look at once each gets another one: none waits for a row that is being taken.
    """
    free = or_(
        county_plan.c.status == Status.QUEUED,
        and_(county_plan.c.status == Status.WAITING, county_plan.c.wait_until <= now),
        and_(county_plan.c.status == Status.RUNNING, county_plan.c.heartbeat_at < now - TAKEN_FOR_DEAD),
    )
    oldest = select(county_plan.c.planning_id).where(free)
    oldest = oldest.order_by(county_plan.c.heartbeat_at, county_plan.c.planning_id)
    planning_id = await session.scalar(oldest.limit(1).with_for_update(skip_locked=True))
    if planning_id is None:
        return None
    taken = (
        update(county_plan)
        .where(county_plan.c.planning_id == planning_id, free)
        .values(status=Status.RUNNING, claim=claim_id, heartbeat_at=now, progress_permille=0)
        .returning(*_PLAN)
    )
    row = (await session.execute(taken)).first()
    return None if row is None else _plan(row)


def _held(held: CountyPlan) -> Any:
    return and_(
        county_plan.c.planning_id == held.planning_id,
        county_plan.c.claim == held.claim,
        county_plan.c.status == Status.RUNNING,
    )


async def holds(session: Session, held: CountyPlan, now: datetime, **values: Any) -> bool:
    """Give a sign of life and set `values`; False when the plan was cancelled or is in other hands: nothing is set.

    Inside a unit of work that applies results this is the fence: it locks the plan's row.
    """
    alive = update(county_plan).where(_held(held)).values(heartbeat_at=now, **values)
    return bool((await session.execute(alive)).rowcount)


async def hand_back(session: Session, held: CountyPlan, now: datetime, wait_until: datetime) -> bool:
    """Put a plan back whose round is drafted: to wait, or in the queue where newer prices have come meanwhile."""
    newer = case((county_plan.c.round > held.round, Status.QUEUED.value), else_=Status.WAITING.value)
    values = {"status": newer, "drafted": held.round, "wait_until": wait_until, "heartbeat_at": now}
    back = update(county_plan).where(_held(held)).values(**values, progress_permille=0)
    return bool((await session.execute(back)).rowcount)


async def end(
    session: Session, planning_id: str, status: Status, now: datetime, held: CountyPlan | None = None, **values: Any
) -> CountyPlan | None:
    """End a plan that is at work (and in these hands, where given) and return it; None when it is not."""
    at_work = _held(held) if held else county_plan.c.status.in_(ACTIVE)
    ended = (
        update(county_plan)
        .where(county_plan.c.planning_id == planning_id, at_work)
        .values(status=status, ended_at=now, heartbeat_at=now, **values)
        .returning(*_PLAN)
    )
    row = (await session.execute(ended)).first()
    return None if row is None else _plan(row)


async def prices_of(session: Session, planning_id: str, number: int) -> Row[Any] | None:
    """Return the prices and choices told of a round, None when none were."""
    this = (_price_round.c.planning_id == planning_id, _price_round.c.round == number)
    row: Row[Any] | None = (
        await session.execute(select(_price_round.c.prices, _price_round.c.chosen).where(*this))
    ).first()
    return row


async def add_drafts(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Add drafts and return the ids of those that are new: one that is known stays as it is."""
    if not rows:
        return set()
    added = (
        insert_into(uow, county_draft).values(list(rows)).on_conflict_do_nothing().returning(county_draft.c.draft_id)
    )
    return set(await uow.session.scalars(added))


async def drafted_in(session: Session, planning_id: str, number: int) -> Sequence[Row[Any]]:
    """Return what the drafts of a round say, without their menus."""
    columns = ("canteen_id", "pupils", "bought_g", "cost_fen", "shortfall_millipoints")
    statement = select(*(county_draft.c[name] for name in columns))
    this = (county_draft.c.planning_id == planning_id, county_draft.c.round == number)
    return list((await session.execute(statement.where(*this).order_by(county_draft.c.canteen_id))).all())


async def drafts_of(session: Session, planning_id: str, canteen_ids: Iterable[str]) -> dict[str, list[Draft]]:
    """Return the drafts of some canteens of a plan."""
    this = and_(county_draft.c.planning_id == planning_id, county_draft.c.canteen_id.in_(sorted(canteen_ids)))
    found: dict[str, list[Draft]] = {}
    for row in (await session.execute(select(*_DRAFT).where(this))).all():
        values = dict(row._mapping)
        meals = tuple((date.fromisoformat(day), Meal(meal), tuple(dishes)) for day, meal, dishes in values["meals"])
        found.setdefault(row.canteen_id, []).append(Draft(**values | {"meals": meals}))
    return found


async def forget_drafts(session: Session, planning_id: str) -> None:
    """Delete the drafts of a plan that nobody chose."""
    chosen = select(plan_canteen.c.draft_id).where(
        plan_canteen.c.planning_id == planning_id, plan_canteen.c.draft_id.is_not(None)
    )
    unwanted = and_(county_draft.c.planning_id == planning_id, county_draft.c.draft_id.not_in(chosen))
    await session.execute(delete(county_draft).where(unwanted))


async def add_round(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Keep how a round was answered; one that is known stays."""
    await uow.session.execute(insert_into(uow, county_round).on_conflict_do_nothing(), [dict(row)])


async def rounds_told(session: Session, planning_id: str) -> Sequence[Row[Any]]:
    """Return the rounds prices were told for, in order, without the prices."""
    told = (_price_round.c.round, _price_round.c.final, _price_round.c.gap_permille, _price_round.c.published_at)
    statement = select(*told).where(_price_round.c.planning_id == planning_id).order_by(_price_round.c.round)
    return list((await session.execute(statement)).all())


async def rounds_answered(session: Session, planning_id: str) -> Sequence[Row[Any]]:
    """Return the rounds of a plan as they were answered, in order."""
    statement = select(county_round).where(county_round.c.planning_id == planning_id).order_by(county_round.c.round)
    return list((await session.execute(statement)).all())


async def canteens_of(session: Session, planning_id: str, *, open_only: bool = False) -> list[str]:
    """Return the canteens of a plan, or those nothing has become of yet, by id."""
    statement = select(plan_canteen.c.canteen_id).where(plan_canteen.c.planning_id == planning_id)
    if open_only:
        statement = statement.where(_NOTHING_YET)
    return list(await session.scalars(statement.order_by(plan_canteen.c.canteen_id)))


async def without_draft(session: Session, planning_id: str) -> list[str]:
    """Return the canteens of a plan that nothing has become of and that have no draft, by id."""
    drafted = and_(
        county_draft.c.planning_id == plan_canteen.c.planning_id,
        county_draft.c.canteen_id == plan_canteen.c.canteen_id,
    )
    statement = select(plan_canteen.c.canteen_id).where(
        plan_canteen.c.planning_id == planning_id, _NOTHING_YET, ~exists().where(drafted)
    )
    return list(await session.scalars(statement.order_by(plan_canteen.c.canteen_id)))


async def canteens_page(session: Session, planning_id: str, paging: Paging) -> Sequence[Row[Any]]:
    """Return a page of a plan's canteens and what became of them, by id, with the figures of the draft chosen."""
    columns = (
        *(plan_canteen.c[name] for name in ("canteen_id", "draft_id", "menu_draft_id", "menu_id", "reason")),
        county_draft.c.round,
        county_draft.c.cost_fen,
        county_draft.c.shortfall_millipoints,
        county_draft.c.pupils,
    )
    statement = (
        select(*columns)
        .outerjoin(county_draft, county_draft.c.draft_id == plan_canteen.c.draft_id)
        .where(plan_canteen.c.planning_id == planning_id)
        .order_by(plan_canteen.c.canteen_id)
        .limit(paging.limit)
    )
    if paging.after is not None:
        statement = statement.where(plan_canteen.c.canteen_id > paging.after)
    return list((await session.execute(statement)).all())


async def became(session: Session, planning_id: str, canteen_id: str, **values: Any) -> None:
    """Write down what became of a canteen."""
    this = and_(plan_canteen.c.planning_id == planning_id, plan_canteen.c.canteen_id == canteen_id)
    await session.execute(update(plan_canteen).where(this).values(**values))


async def menus_of(session: Session, planning_id: str) -> int:
    """Return how many canteens of a plan have their menu."""
    has = or_(plan_canteen.c.menu_id.is_not(None), plan_canteen.c.menu_draft_id.is_not(None))
    counted = select(func.count()).select_from(plan_canteen).where(plan_canteen.c.planning_id == planning_id, has)
    return int(await session.scalar(counted) or 0)
