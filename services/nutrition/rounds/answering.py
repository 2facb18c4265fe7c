"""Answering a round of prices: read, draft class by class in a worker process, tell each canteen's draft."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog

from services.nutrition.planning.facts import Pool
from services.nutrition.planning.planner import PlanOptions
from services.nutrition.planning.problem import Weights
from services.nutrition.planning.sharing import added, limited_g
from services.nutrition.rounds import queries
from services.nutrition.rounds.classes import SchoolClass
from services.nutrition.rounds.domain import CountyPlan, Prices
from services.nutrition.rounds.drafting import (
    AT_MARGINAL_PRICES,
    MOVES_PER_SLOT,
    WITHOUT_LIMIT,
    ClassDraft,
    MemberDraft,
    Task,
    bought_of,
    draft,
)
from services.nutrition.rounds.reading import Read, Remembered, read_classes
from shared.events.nutrition import DemandDrafted, DraftedLine, RoundDrafted
from shared.ids import derived_id
from shared.service import Service
from shared.unit_of_work import UnitOfWork
from shared.workers import Cancelled

CHUNK = 8
"""Classes whose drafts are kept at once."""

log = structlog.get_logger()


@dataclass(slots=True)
class Progress:
    """How far the step in hand is: classes or canteens done of all, and the share done of those in a worker's hands."""

    done: int = 0
    of: int = 1
    in_hand: int = 0
    share: float = 0.0

    @property
    def permille(self) -> int:
        """Done, in 1/1000; all is done only when it is kept."""
        return min(999, round(1000 * (self.done + self.in_hand * self.share) / max(1, self.of)))

    def note(self, share: float) -> None:
        """Note the share a worker has done of what it has in hand."""
        self.share = share


@dataclass(frozen=True, slots=True)
class InHand:
    """A claimed plan in this replica's hands; `unwanted` is set when it is called off or taken over."""

    service: Service
    plan: CountyPlan
    remembered: Remembered
    unwanted: asyncio.Event = field(default_factory=asyncio.Event)
    progress: Progress = field(default_factory=Progress)


class Answering:
    """One round of a claimed plan in this replica's hands."""

    def __init__(self, hand: InHand) -> None:
        self._service = hand.service
        self._plan = hand.plan
        self._unwanted = hand.unwanted
        self._progress = hand.progress
        self._remembered = hand.remembered

    async def answer(self) -> None:
        """Draft every canteen at the prices of the plan's round, tell the drafts, and wait for the next prices."""
        plan = self._plan
        without = await self.draft(plan.round, Prices.MARGINAL)
        async with self._service.begin() as uow:
            wait_until = uow.now + timedelta(minutes=plan.wait_minutes)
            if not await queries.hand_back(uow.session, plan, uow.now, wait_until):
                raise Cancelled
            told = RoundDrafted(
                planning_id=plan.planning_id,
                round=plan.round,
                drafts=len(await queries.drafted_in(uow.session, plan.planning_id, plan.round)),
                without=tuple(sorted(without)),
                wait_until=wait_until,
                drafted_at=uow.now,
            )
            uow.emit(told)

    async def draft(self, number: int, prices: Prices, only: Collection[str] | None = None) -> dict[str, str]:
        """Draft the canteens of a round (`only` some) that are not yet; return those without a menu, and why."""
        async with self._service.begin(read_only=True) as uow:
            read = await read_classes(uow, self._plan, number, prices, only, self._remembered)
            rows = await queries.drafted_in(uow.session, self._plan.planning_id, number)
        drafted = {row.canteen_id: row.bought_g for row in rows}
        waiting = [one for one in read.classes if any(m.canteen_id not in drafted for m in one.members)]
        without = dict(read.without)
        self._progress.done, self._progress.of = len(read.classes) - len(waiting), len(read.classes) + 1
        for start in range(0, len(waiting), CHUNK):
            chunk = waiting[start : start + CHUNK]
            task = await self._task(chunk, number, prices, _pool(read, waiting[start:], drafted, prices))
            self._progress.in_hand, self._progress.share = len(chunk), 0.0
            done: list[ClassDraft] = await self._service.workers.run(draft, task, self._progress.note, self._unwanted)
            self._progress.done, self._progress.in_hand = self._progress.done + len(chunk), 0
            await self._keep(number, prices, done)
            drafted |= {one.canteen_id: bought_of(one.needs) for of_class in done for one in of_class.drafts}
            without |= {canteen_id: one.reason for one in done if not one.drafts for canteen_id in one.members}
        await self._keep_round(number, prices, read, without)
        return without

    async def _task(self, chunk: Sequence[SchoolClass], number: int, prices: Prices, pool: Pool) -> Task:
        """Return what a worker is asked for; menus of earlier rounds are looked at again at the new prices."""
        first = [one.members[0].canteen_id for one in chunk]
        async with self._service.begin(read_only=True) as uow:
            drafts = await queries.drafts_of(uow.session, self._plan.planning_id, first)
        return Task(
            classes=tuple(chunk),
            weights=AT_MARGINAL_PRICES if prices is Prices.MARGINAL else Weights(),
            options=PlanOptions(seed=number, moves_per_slot=MOVES_PER_SLOT, programs=1, alternatives=0, mendings=False),
            pool=pool,
            known={canteen_id: [one.meals for one in of] for canteen_id, of in drafts.items()},
        )

    async def _keep(self, number: int, prices: Prices, done: Sequence[ClassDraft]) -> None:
        """Keep and tell the drafts of some classes, unless the plan is no longer wanted or in these hands."""
        async with self._service.begin() as uow:
            permille = self._progress.permille
            if not await queries.holds(uow.session, self._plan, uow.now, progress_permille=permille):
                raise Cancelled
            for of_class in done:
                if of_class.faults:
                    log.error("draft-is-wrong", members=of_class.members[:5], faults=of_class.faults[:20])
                rows = [self._row(number, of_class, one) for one in of_class.drafts]
                new = await queries.add_drafts(uow, rows)
                if prices is Prices.MARGINAL:
                    told = [self._told(uow, number, of_class, one) for one in of_class.drafts]
                    uow.emit(*(one for one in told if one.draft_id in new))

    def _row(self, number: int, of_class: ClassDraft, one: MemberDraft) -> dict[str, Any]:
        return {
            "draft_id": self._draft_id(number, one),
            "planning_id": self._plan.planning_id,
            "round": number,
            "canteen_id": one.canteen_id,
            "meals": [[day.isoformat(), meal.value, list(dishes)] for day, meal, dishes in of_class.meals],
            "bought_g": bought_of(one.needs),
            "shortfall_millipoints": of_class.shortfall_millipoints,
            "taste_millipoints": of_class.taste_millipoints,
            "point_fen": one.point_fen,
            "cost_fen": one.cost_fen,
            "pupils": one.pupils,
        }

    def _draft_id(self, number: int, one: MemberDraft) -> str:
        return derived_id("draft", self._plan.planning_id, number, one.canteen_id)

    def _told(self, uow: UnitOfWork, number: int, of_class: ClassDraft, one: MemberDraft) -> DemandDrafted:
        plan = self._plan
        lines = (
            DraftedLine(food_code=need.food_code, delivery_day=need.delivery_day, quantity_g=need.gross_g)
            for need in one.needs
        )
        return DemandDrafted(
            planning_id=plan.planning_id,
            round=number,
            draft_id=self._draft_id(number, one),
            canteen_id=one.canteen_id,
            county_code=plan.county_code,
            week_start=plan.week_start,
            demand=tuple(lines),
            shortfall_millipoints=of_class.shortfall_millipoints,
            taste_millipoints=of_class.taste_millipoints,
            point_fen=one.point_fen,
            cost_fen=one.cost_fen,
            bound_fen=one.bound_fen,
            drafted_at=uow.now,
        )

    async def _keep_round(self, number: int, prices: Prices, read: Read, without: Mapping[str, str]) -> None:
        """Keep how the round was answered, with sums over its drafts."""
        async with self._service.begin() as uow:
            rows = await queries.drafted_in(uow.session, self._plan.planning_id, number)
            row = {
                "planning_id": self._plan.planning_id,
                "round": number,
                "prices": prices,
                "refused": read.refused,
                "classes": len(read.classes),
                "drafts": len(rows),
                "without": sorted(without),
                "cost_fen": sum(one.cost_fen for one in rows),
                "pupils": sum(one.pupils for one in rows),
                "pupil_millipoints": sum(one.pupils * one.shortfall_millipoints for one in rows),
                "drafted_at": uow.now,
            }
            await queries.add_round(uow, row)


def _pool(read: Read, waiting: Sequence[SchoolClass], drafted: Mapping[str, Mapping[str, int]], prices: Prices) -> Pool:
    """Return what the classes that wait have to share: nothing is limited at marginal prices (ADR 17)."""
    if prices is Prices.MARGINAL:
        return WITHOUT_LIMIT
    taken = added(drafted.values())
    left = {code: max(0, grams - taken.get(code, 0)) for code, grams in limited_g(read.quotes).items()}
    return Pool(left, added(one.facts.usual_g for one in waiting))
