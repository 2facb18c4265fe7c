"""The job behind trip plans: claim, read, compute in a worker process, apply what still holds.

A run that dies is taken over; a run that was cancelled or taken over cannot apply anything, because every write checks
its claim. What was taken meanwhile (a consignment, a vehicle) is left out and the rest is planned again.
"""

import asyncio
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

import structlog

from services.logistics.plans import queries
from services.logistics.plans.domain import MAX_ATTEMPTS, MAX_ROUNDS, Claimed
from services.logistics.plans.facts import Facts, read_facts
from services.logistics.plans.proposals import Proposal
from services.logistics.roads.port import roads_between, server_of
from services.logistics.trips.applying import apply_plan
from services.logistics.trips.problem import Plan, Problem
from services.logistics.trips.routing import Task
from services.logistics.trips.routing import plan as compute
from shared.claiming import carry_out_waiting
from shared.service import Service
from shared.unit_of_work import UnitOfWork
from shared.workers import Cancelled

_HEARTBEAT_S = 10.0
log = structlog.get_logger()


class RunsDie(Exception):
    """A plan whose runs die again and again is given up: it would take the process down for ever."""


async def plan_trips(service: Service) -> int:
    """Work on queued trip plans, as many at once as there are worker processes; returns how many were worked on."""

    async def work(claimed: Claimed) -> None:
        try:
            await _work(service, claimed)
        except Cancelled:
            log.info("trip-plan-given-up", plan_id=claimed.plan_id)
        except asyncio.CancelledError:
            await _hand_on(service, claimed)
            raise
        except Exception as error:
            log.exception("trip-plan-failed", plan_id=claimed.plan_id, attempts=claimed.attempts)
            await _give_back(service, claimed, repr(error))

    return await carry_out_waiting(service, queries.claim, work, at_once=service.settings.workers)


async def _work(service: Service, claimed: Claimed) -> None:
    if claimed.attempts > MAX_ATTEMPTS:
        raise RunsDie(f"{MAX_ATTEMPTS} runs of this plan died")
    for round_number in range(1, MAX_ROUNDS + 1):
        async with service.begin(read_only=True) as uow:
            facts = await read_facts(uow, claimed)
        # Roads are asked for outside the unit of work: a server may take its time.
        roads, note = await roads_between(server_of(service.settings), facts.positions)
        problem = facts.problem(roads)
        plan = await _compute(service, claimed, problem)
        plan = replace(plan, notes=tuple(filter(None, (*plan.notes, note))))
        async with service.begin() as uow:
            # This write locks the plan: nobody cancels it or takes it over before we have applied.
            if not await queries.update_claimed(uow, claimed):
                raise Cancelled("cancelled or taken over")
            if claimed.changes is not None:
                return await _propose(uow, claimed, facts, plan)
            applied = await apply_plan(uow, claimed, round_number, problem, plan, facts.drivers)
            await queries.count_applied(uow, claimed.plan_id, applied)
            if applied.complete or round_number == MAX_ROUNDS:
                return await _finish(uow, claimed, plan)


async def _propose(uow: UnitOfWork, claimed: Claimed, facts: Facts, plan: Plan) -> None:
    """Keep a plan made anew until it is applied: nothing is changed before somebody has seen the difference."""
    proposal = Proposal(
        plan=plan,
        drivers=dict(facts.drivers),
        released={trip.trip_id: trip.version for trip in facts.released},
        before={load.order_id: load.grams for load in facts.loads},
    )
    values = {"proposal": proposal.dumped(), "status": "proposed", **_said(plan), "progress_permille": 1000}
    await queries.update_claimed(uow, claimed, **values)


def _said(plan: Plan) -> dict[str, Any]:
    return {"unplanned": [asdict(one) for one in plan.unplanned], "notes": list(plan.notes)}


async def _finish(uow: UnitOfWork, claimed: Claimed, plan: Plan) -> None:
    values = {**_said(plan), "status": "done", "progress_permille": 1000, "finished_at": uow.now}
    await queries.update_claimed(uow, claimed, **values)


async def _give_back(service: Service, claimed: Claimed, failure: str) -> None:
    """Queue a failed plan again; after three attempts it is failed, so that it cannot keep the job busy forever."""
    last = claimed.attempts >= MAX_ATTEMPTS
    async with service.begin() as uow:
        values: dict[str, Any] = {"status": "failed", "finished_at": uow.now} if last else {"status": "queued"}
        await queries.update_claimed(uow, claimed, failure=failure[:500], **values)


async def _hand_on(service: Service, claimed: Claimed) -> None:
    """Queue a plan again when this process is told to end: another takes it at once, and no run of it has died."""
    try:
        async with service.begin() as uow:
            await queries.update_claimed(uow, claimed, status="queued", attempts=claimed.attempts - 1)
    except Exception as error:
        log.warning("trip-plan-not-handed-on", plan_id=claimed.plan_id, error=repr(error))


async def _compute(service: Service, claimed: Claimed, problem: Problem) -> Plan:
    """Compute in a worker process while a heartbeat proves that we live and hears of a cancellation."""
    cancel = asyncio.Event()
    progress = [0.0]
    beating = asyncio.create_task(_beat(service, claimed, progress, cancel))
    try:
        task = Task(problem, claimed.budget)
        return await service.workers.run(compute, task, lambda done: progress.__setitem__(0, done), cancel)
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


async def _beat(service: Service, claimed: Claimed, progress: list[float], cancel: asyncio.Event) -> None:
    while not cancel.is_set():
        await asyncio.sleep(_HEARTBEAT_S)
        try:
            async with service.begin() as uow:
                ours = await queries.update_claimed(uow, claimed, progress_permille=int(progress[0] * 999))
        except Exception as error:
            # The database may be away for a while; whether the plan is still ours shows when the result is applied.
            log.warning("trip-plan-heartbeat-missed", plan_id=claimed.plan_id, error=repr(error))
        else:
            if not ours:
                cancel.set()
