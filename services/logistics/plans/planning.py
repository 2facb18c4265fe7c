"""The job behind trip plans: claim, read, compute in a worker process, apply what still holds.

A run that dies is taken over; a run that was cancelled or taken over cannot apply anything, because every write checks
its claim. What was taken meanwhile (a consignment, a vehicle) is left out and the rest is planned again.
"""

import asyncio
from contextlib import suppress
from typing import Any

import structlog

from services.logistics.consignments import queries as consignments
from services.logistics.consignments.domain import weight_g
from services.logistics.fleet import queries as fleet
from services.logistics.places import queries as places
from services.logistics.plans import queries
from services.logistics.plans.domain import MAX_ATTEMPTS, MAX_ROUNDS, Claimed, problem_of, second_of
from services.logistics.trips import queries as trips
from services.logistics.trips.applying import apply_plan
from services.logistics.trips.problem import Load, Plan, Problem, Vehicle
from services.logistics.trips.routing import plan as compute
from shared.service import Service
from shared.unit_of_work import UnitOfWork
from shared.workers import Cancelled

_HEARTBEAT_S = 10.0
log = structlog.get_logger()


class RunsDie(Exception):
    """A plan whose runs die again and again is given up: it would take the process down for ever."""


async def plan_trips(service: Service) -> int:
    """Work on one queued trip plan, if there is one; returns how many were worked on."""
    claimed = await _claim(service)
    if claimed is None:
        return 0
    try:
        await _work(service, claimed)
    except Cancelled:
        log.info("trip-plan-given-up", plan_id=claimed.plan_id)
    except Exception as error:
        log.exception("trip-plan-failed", plan_id=claimed.plan_id, attempts=claimed.attempts)
        await _give_back(service, claimed, repr(error))
    return 1


async def _claim(service: Service) -> Claimed | None:
    """Take the oldest plan nobody works on; where another replica was faster, the next one."""
    while True:
        async with service.begin(read_only=True) as uow:
            wanted = await queries.next_free(uow)
        if wanted is None:
            return None
        async with service.begin() as uow:
            claimed = await queries.claim(uow, wanted)
        if claimed is not None:
            return claimed


async def _work(service: Service, claimed: Claimed) -> None:
    if claimed.attempts > MAX_ATTEMPTS:
        raise RunsDie(f"{MAX_ATTEMPTS} runs of this plan died")
    for round_number in range(1, MAX_ROUNDS + 1):
        async with service.begin(read_only=True) as uow:
            problem = await read_problem(uow, claimed)
        plan = await _compute(service, claimed, problem)
        async with service.begin() as uow:
            # This write locks the plan: nobody cancels it or takes it over before we have applied.
            if not await queries.update_claimed(uow, claimed):
                raise Cancelled("cancelled or taken over")
            applied = await apply_plan(uow, claimed, round_number, plan)
            await queries.count_applied(uow, claimed, applied.trips, applied.consignments)
            if applied.complete or round_number == MAX_ROUNDS:
                await _finish(uow, claimed, plan)
                return


async def _finish(uow: UnitOfWork, claimed: Claimed, plan: Plan) -> None:
    unplanned = [{"order_id": order_id, "reason": reason} for order_id, reason in plan.unplanned]
    values = {"unplanned": unplanned, "status": "done", "progress_permille": 1000, "finished_at": uow.now}
    await queries.update_claimed(uow, claimed, **values)


async def _give_back(service: Service, claimed: Claimed, failure: str) -> None:
    """Queue a failed plan again; after three attempts it is failed, so that it cannot keep the job busy forever."""
    last = claimed.attempts >= MAX_ATTEMPTS
    async with service.begin() as uow:
        values: dict[str, Any] = {"status": "failed", "finished_at": uow.now} if last else {"status": "queued"}
        await queries.update_claimed(uow, claimed, failure=failure[:500], **values)


async def _compute(service: Service, claimed: Claimed, problem: Problem) -> Plan:
    """Compute in a worker process while a heartbeat proves that we live and hears of a cancellation."""
    cancel = asyncio.Event()
    progress = [0.0]
    beating = asyncio.create_task(_beat(service, claimed, progress, cancel))
    try:
        return await service.workers.run(compute, problem, lambda done: progress.__setitem__(0, done), cancel)
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


async def read_problem(uow: UnitOfWork, claimed: Claimed) -> Problem:
    """Return what is to be planned: consignments without a trip, and vehicles with the time they are free."""
    rows = await consignments.waiting(uow, claimed.county_code, claimed.day)
    keys = [places.cooperative_key(row.cooperative_id) for row in rows]
    keys += [places.canteen_key(row.canteen_id) for row in rows]
    known = await places.places_of(uow, keys)
    loads = [
        Load(row.order_id, row.cooperative_id, row.canteen_id, _weight_g(row), row.temperature_class) for row in rows
    ]
    return problem_of(loads, await _vehicles(uow, claimed), {key: (row.lat, row.lon) for key, row in known.items()})


async def _vehicles(uow: UnitOfWork, claimed: Claimed) -> list[Vehicle]:
    """Return the county's vehicles; one that has trips that day is free again when the last of them ends."""
    busy = await trips.last_trips(uow, claimed.county_code, claimed.day)
    now_s = second_of(claimed.day, uow.now)
    return [
        Vehicle(
            vehicle_id=row.vehicle_id,
            depot=(row.lat, row.lon),
            capacity_g=row.capacity_g,
            temperature_class=row.temperature_class,
            frozen_boxes=row.frozen_boxes,
            free_s=max(now_s, second_of(claimed.day, busy[row.vehicle_id].ends_at) if row.vehicle_id in busy else 0),
            number=busy[row.vehicle_id].number + 1 if row.vehicle_id in busy else 1,
        )
        for row in await fleet.vehicles_of_county(uow, claimed.county_code)
    ]


def _weight_g(row: Any) -> int:
    return weight_g(row.confirmed_g, row.dispatched_g, packed=row.dispatched_at is not None)
