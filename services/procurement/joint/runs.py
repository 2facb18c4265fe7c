"""Carrying out the rounds of planning with the farms: compose, tell the next prices, wait for drafts, then choose.

A plan is safe to kill at any moment: prices, what drafts brought and the step to the next round are one transaction.
Another replica takes the plan over after 60 s and reckons the same again. A replica that wakes up after that is fenced
off by the plan's claim.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from services.procurement.joint import domain, queries, usecases
from services.procurement.joint.domain import JointPlan, Status
from services.procurement.joint.reading import Read, read_round, reckon
from services.procurement.joint.steps import Step
from shared.claiming import carry_out_waiting
from shared.database import is_transient
from shared.service import Service
from shared.sign_of_life import sign_of_life
from shared.unit_of_work import UnitOfWork
from shared.workers import Cancelled

SIGN_OF_LIFE_S = 1.0

log = structlog.get_logger()


async def run_waiting(service: Service) -> int:
    """Take up every plan that has something to reckon; returns how many. The service's job."""
    return await carry_out_waiting(
        service, queries.claim, lambda plan: _Round(service, plan).carry_out(), at_once=service.settings.workers
    )


class _Round:
    """A round of a claimed plan in this replica's hands."""

    def __init__(self, service: Service, plan: JointPlan) -> None:
        self._service = service
        self._plan = plan
        self._unwanted = asyncio.Event()
        self._permille = 0

    async def carry_out(self) -> None:
        """Take the plan one round on. A database that is away leaves it to be taken over."""
        about = {"planning_id": self._plan.planning_id}
        try:
            async with sign_of_life(self._service, self._holds, self._unwanted, SIGN_OF_LIFE_S, **about):
                await self._go_on()
        except Cancelled:
            log.info("joint-plan-left", **about)
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("joint-plan-failed", **about)
            async with self._service.begin() as uow:
                if await queries.holds(uow.session, self._plan, uow.now):
                    await usecases.stop(uow, self._plan.planning_id, Status.FAILED, repr(error))

    async def _go_on(self) -> None:
        plan = self._plan
        async with self._service.begin(read_only=True) as uow:
            read = await read_round(uow, plan)
        if plan.round and not read.drafts:
            async with self._service.begin() as uow:
                if await queries.holds(uow.session, plan, uow.now):
                    await usecases.stop(uow, plan.planning_id, Status.FAILED, "no menu was drafted in time")
            return
        found: Step = await self._service.workers.run(reckon, read, self._note_progress, self._unwanted)
        await self._tell(read, found)

    async def _tell(self, read: Read, found: Step) -> None:
        """Tell the next prices, final ones with the drafts chosen, and keep what the drafts of the round brought."""
        plan, chosen_ids = self._plan, set(found.choice.draft_ids) if found.choice else set()
        chosen = [(one.canteen_id, one.draft_id) for one in read.drafts if one.draft_id in chosen_ids]
        async with self._service.begin() as uow:
            if not await queries.holds(uow.session, plan, uow.now, **self._next_state(uow, found)):
                raise Cancelled
            final = found.choice is not None
            brought = found if plan.round else None
            told = domain.told_of(plan, found.prices, uow.now, final=final, found=brought, chosen=chosen)
            if plan.round:
                here = sum(one.round == plan.round for one in read.drafts)
                values = domain.round_of(found, here, uow.now)
                await queries.note_round(uow.session, plan.planning_id, plan.round, values)
            await queries.add_round(uow.session, domain.row_of(told))
            if final:
                await queries.forget_drafts(uow.session, plan.planning_id, but=chosen_ids)
            uow.emit(told)

    def _next_state(self, uow: UnitOfWork, found: Step) -> Mapping[str, Any]:
        """Return what the plan says when these prices are told: it waits for drafts, or is done."""
        values = domain.figures_of(found) if self._plan.round else {}
        if found.choice is not None:
            return values | {"status": Status.DONE, "ended_at": uow.now, "progress_permille": 1000}
        waits = {"status": Status.WAITING, "round": self._plan.round + 1, "drafts_told": None, "progress_permille": 0}
        return values | waits | {"wait_until": uow.now + timedelta(minutes=self._plan.wait_minutes)}

    def _note_progress(self, fraction: float) -> None:
        self._permille = min(999, round(1000 * fraction))

    async def _holds(self, uow: UnitOfWork) -> bool:
        return await queries.holds(uow.session, self._plan, uow.now, progress_permille=self._permille)
