"""Reading what a round is reckoned from, and putting it in the master's terms (in a worker process)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from services.procurement.joint import domain, queries
from services.procurement.joint.domain import JointPlan
from services.procurement.joint.steps import Column, Report, Step, Task
from services.procurement.joint.supply import KG, Market, Need, market_of
from services.procurement.partners.offers import offers_for
from services.procurement.sourcing.placing import earned_of, offers_of, open_day
from services.procurement.sourcing.problem import Offer, Terms
from services.procurement.sourcing.rules.usecases import rules_on
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as it is kept; `needs` are grams by food and day."""

    draft_id: str
    canteen_id: str
    round: int
    needs: Mapping[str, Mapping[str, int]]
    shortfall_millipoints: int
    taste_millipoints: int
    point_fen: int
    bound_fen: int | None


@dataclass(frozen=True, slots=True)
class Read:
    """What a round is reckoned from: the plan, what is offered in its county, its rules, prices told and drafts."""

    plan: JointPlan
    offers: tuple[Offer, ...]
    earliest_day: date
    terms: Terms
    told: Sequence[Mapping[str, int]]
    drafts: tuple[Drafted, ...]


async def read_round(uow: UnitOfWork, plan: JointPlan) -> Read:
    """Read it as it is now: an offer that was withdrawn since the last round is gone."""
    first, last = plan.days[0], plan.days[-1]
    rules = await rules_on(uow.session, plan.county_code, first)
    own: Sequence[Any] = []
    if plan.foods:
        own = await offers_for(uow.session, plan.foods, first, last, plan.county_code, near=None)
    rounds = await queries.rounds(uow.session, plan.planning_id)
    names = [field.name for field in fields(Drafted)]
    drafts = await queries.drafts(uow.session, plan.planning_id)
    return Read(
        plan=plan,
        offers=offers_of(own, rules, await earned_of(uow.session, rules, own)),
        earliest_day=await open_day(uow, plan.county_code, last),
        terms=rules.terms,
        told=tuple(domain.fen_of(row.prices) for row in rounds),
        drafts=tuple(Drafted(*(getattr(row, name) for name in names)) for row in drafts),
    )


def reckon(read: Read, report: Report) -> Step:
    """Return what follows from a round. What a worker process does. Raises ArithmeticError as :func:`step` does."""
    # Here, because only worker processes reckon, and the solver behind it is large and slow to load.
    from services.procurement.joint.master import first_prices, step

    plan = read.plan
    market = market_of(read.offers, plan.foods, plan.days, read.earliest_day)
    if not plan.round:
        return Step(first_prices(market.supplies))
    columns = [column_of(draft, market) for draft in read.drafts]
    answered = any(draft.round == plan.round for draft in read.drafts)
    report(0.1)
    last = plan.is_last_round or not answered
    return step(Task(market.supplies, read.told, columns, read.terms, last), report)


def column_of(draft: Drafted, market: Market) -> Column:
    """Return a draft as the master sees it. A food without a price here is left out, and with it what was proved."""
    kg: dict[Need, float] = {}
    unknown = False
    for code, by_day in draft.needs.items():
        for day, grams in by_day.items():
            need = market.need_of.get((code, date.fromisoformat(day)))
            if need is None:
                unknown = True
            else:
                kg[need] = kg.get(need, 0.0) + grams / KG
    points = draft.shortfall_millipoints + draft.taste_millipoints
    return Column(
        draft_id=draft.draft_id,
        canteen_id=draft.canteen_id,
        round=draft.round,
        kg=kg,
        points_fen=points * draft.point_fen / 1000,
        shortfall=draft.shortfall_millipoints / 1000,
        bound_fen=None if unknown else draft.bound_fen,
    )
