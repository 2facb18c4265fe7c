"""Carrying out county plans: draft menus at a round's prices, wait for the next, and make the chosen drafts menus.

A plan is safe to kill at any moment. Drafts are in the database class by class, menus canteen by canteen; another
replica takes the plan over after 60 s and goes on with those that are missing. A replica that wakes up after that is
fenced off by the plan's claim. Draft ids follow from plan, round and canteen, so nothing is told twice differently.
"""

import structlog

from services.nutrition.rounds import queries
from services.nutrition.rounds.answering import Answering, InHand
from services.nutrition.rounds.domain import CountyPlan, Status, Step, next_step
from services.nutrition.rounds.reading import Remembered
from services.nutrition.rounds.settling import Settling
from services.nutrition.rounds.usecases import ended
from shared.claiming import carry_out_waiting
from shared.database import is_transient
from shared.events.nutrition import PlanOutcome
from shared.service import Service
from shared.sign_of_life import sign_of_life
from shared.unit_of_work import UnitOfWork
from shared.workers import Cancelled

SIGN_OF_LIFE_S = 1.0

log = structlog.get_logger()


class CountyPlans:
    """Takes up every plan that has prices or has waited long enough; remembers its canteens from round to round."""

    def __init__(self) -> None:
        self._remembered = Remembered()

    async def run_waiting(self, service: Service) -> int:
        """Take plans up; returns how many. The service's job."""

        async def carry_out(plan: CountyPlan) -> None:
            await self._carry_out(InHand(service, plan, self._remembered))

        return await carry_out_waiting(service, queries.claim, carry_out, at_once=service.settings.workers)

    async def _carry_out(self, hand: InHand) -> None:
        """Take a plan one step on. A database that is away leaves it to be taken over."""
        plan = hand.plan

        async def holds(uow: UnitOfWork) -> bool:
            return await queries.holds(uow.session, plan, uow.now, progress_permille=hand.progress.permille)

        about = {"planning_id": plan.planning_id}
        try:
            async with sign_of_life(hand.service, holds, hand.unwanted, SIGN_OF_LIFE_S, **about):
                match next_step(plan):
                    case Step.DRAFT:
                        await Answering(hand).answer()
                    case Step.SETTLE | Step.DRAFT_ALONE:
                        await Settling(hand).settle()
                        self._remembered.forget(plan.planning_id)
        except Cancelled:
            self._remembered.forget(plan.planning_id)
            log.info("county-plan-left", planning_id=plan.planning_id)
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("county-plan-failed", planning_id=plan.planning_id)
            await _fail(hand.service, plan, repr(error)[:500])


async def _fail(service: Service, plan: CountyPlan, reason: str) -> None:
    async with service.begin() as uow:
        menus = await queries.menus_of(uow.session, plan.planning_id)
        told = {"outcome": PlanOutcome.FAILED, "reason": reason, "menus": menus}
        failed = await queries.end(uow.session, plan.planning_id, Status.FAILED, uow.now, plan, **told)
        if failed is not None:
            await queries.forget_drafts(uow.session, plan.planning_id)
            uow.emit(ended(failed))
