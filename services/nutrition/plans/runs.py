"""Carrying out planning runs: read, plan in a worker process, keep each answer as soon as it is there.

A run is safe to kill at any moment. Answers are in the database chunk by chunk; another replica takes the run over
after 60 s and goes on with the canteens that wait, from what those before them have left, so that it comes to the same
answers. A replica that wakes up after that is fenced off by the run's claim. A replica that is stopped gives its runs
back at once; a run that replica after replica dies on is given up.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from services.nutrition.canteens import queries as canteens
from services.nutrition.planning.facts import Pool
from services.nutrition.planning.reading import County, read_county, read_facts
from services.nutrition.planning.sharing import after, limited_g
from services.nutrition.plans import queries
from services.nutrition.plans.asking import options_of, wishes_of
from services.nutrition.plans.computing import WARMED, Case, Outcome, Task, compute
from services.nutrition.plans.domain import MOST_STARTS, Plan, PlanStatus, Run, RunStatus, Stage
from services.nutrition.plans.schemas import Asked
from shared.claiming import carry_out_waiting
from shared.database import is_transient
from shared.service import Service
from shared.sign_of_life import sign_of_life
from shared.unit_of_work import UnitOfWork
from shared.workers import Cancelled, WorkerLost

CHUNK = 16
"""Canteens whose answers are kept at once."""
SIGN_OF_LIFE_S = 0.4
"""With the grace workers give a job, a run that is called off ends within a second."""
TRIES = 2
"""So often a chunk is computed whose worker process is lost: once may be by chance."""

log = structlog.get_logger()


async def run_waiting(service: Service) -> int:
    """Carry out every run that waits, or whose replica died; returns how many. The service's job."""
    return await carry_out_waiting(
        service, queries.claim, lambda run: _Carrier(service, run).carry_out(), at_once=service.settings.workers
    )


@dataclass(slots=True)
class _Progress:
    """How far the run is: plans done of all, and the share done of the chunk in hand."""

    plans: int
    done: int = 0
    chunk: int = 0
    share: float = 0.0
    stage: Stage = Stage.READING

    @property
    def permille(self) -> int:
        return min(999, round(1000 * (self.done + self.chunk * self.share) / self.plans))

    def note(self, share: float) -> None:
        self.share = share
        self.stage = Stage.PLANNING if share >= WARMED else Stage.WARMING_UP


class _Carrier:
    """One claimed run in this replica's hands."""

    def __init__(self, service: Service, run: Run) -> None:
        self._service = service
        self._run = run
        self._asked = Asked.model_validate(run.asked)
        self._unwanted = asyncio.Event()
        self._progress = _Progress(run.plans)

    async def carry_out(self) -> None:
        """Carry the run to its end. A database that is away leaves it to be taken over."""
        if self._run.starts > MOST_STARTS:
            await self._finish(
                RunStatus.FAILED, f"interrupted: the process that computed it died {MOST_STARTS} times in a row"
            )
            return
        try:
            run_id = self._run.run_id
            async with sign_of_life(self._service, self._holds, self._unwanted, SIGN_OF_LIFE_S, run_id=run_id):
                await self._plan()
        except asyncio.CancelledError:
            await self._give_back()
            raise
        except Cancelled:
            await self._finish(RunStatus.CANCELLED)
        except WorkerLost as error:
            await self._finish(RunStatus.FAILED, f"interrupted: {error}, {TRIES} times")
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("planning-run-failed", run_id=self._run.run_id)
            await self._finish(RunStatus.FAILED, repr(error)[:500])
        else:
            await self._finish(RunStatus.DONE)

    async def _plan(self) -> None:
        county, plans = await self._read_county()
        waiting = [plan for plan in plans if plan.status is PlanStatus.WAITING]
        pool = Pool(limited_g(county.quotes, self._asked.planned_on_permille), county.usual_g)
        for plan in plans:
            pool = _after(pool, plan.answer)
        self._progress.done = len(plans) - len(waiting)
        for start in range(0, len(waiting), CHUNK):
            chunk = waiting[start : start + CHUNK]
            self._progress.chunk, self._progress.share = len(chunk), 0.0
            task = Task(
                cases=await self._read_cases(county, chunk),
                pool=pool,
                options=options_of(self._asked),
                epsilon_permille=self._asked.epsilon_permille,
            )
            outcomes = await self._compute(task)
            await self._keep(outcomes)
            for outcome in outcomes:
                pool = _after(pool, outcome.answer)
            self._progress.done += len(chunk)

    async def _compute(self, task: Task) -> list[Outcome]:
        for tried in range(1, TRIES + 1):
            try:
                outcomes: list[Outcome] = await self._service.workers.run(
                    compute, task, self._progress.note, self._unwanted
                )
            except WorkerLost:
                log.warning("planning-worker-lost", run_id=self._run.run_id, tried=tried)
                if tried == TRIES:
                    raise
            else:
                return outcomes
        raise AssertionError("the last try answers or raises")

    async def _read_county(self) -> tuple[County, list[Plan]]:
        run = self._run
        async with self._service.begin(read_only=True) as uow:
            county = await read_county(uow, run.county_code, run.week_start, run.weeks)
            return county, await queries.plans_of(uow.session, run.run_id)

    async def _read_cases(self, county: County, plans: Sequence[Plan]) -> tuple[Case, ...]:
        cases = []
        async with self._service.begin(read_only=True) as uow:
            previous_id = self._asked.previous_plan_id
            previous = None if previous_id is None else await queries.plan(uow.session, previous_id)
            wishes = wishes_of(self._asked, previous)
            for plan in plans:
                profile = await canteens.profile(uow.session, plan.canteen_id)
                facts = await read_facts(uow, county, profile, self._asked.diets_from_permille)
                cases.append(Case(plan.plan_id, facts, wishes))
        return tuple(cases)

    async def _keep(self, outcomes: Sequence[Outcome]) -> None:
        """Keep a chunk's answers in one unit of work, unless the run is no longer wanted or in these hands."""
        async with self._service.begin() as uow:
            how_far = {"progress_permille": self._progress.permille, "starts": 1}
            if not await queries.holds(uow.session, self._run, uow.now, **how_far):
                raise Cancelled
            for outcome in outcomes:
                if outcome.faults:
                    log.error("plan-is-wrong", plan_id=outcome.plan_id, faults=outcome.faults[:20])
                values = {
                    "status": outcome.status,
                    "answer": outcome.answer,
                    "inputs": outcome.inputs,
                    "clashes": [asdict(clash) for clash in outcome.clashes],
                }
                await queries.keep(uow.session, outcome.plan_id, values)

    async def _holds(self, uow: UnitOfWork) -> bool:
        how_far = {"progress_permille": self._progress.permille, "stage": self._progress.stage}
        return await queries.holds(uow.session, self._run, uow.now, **how_far)

    async def _give_back(self) -> None:
        """Let another replica take the run at once: this one is being stopped."""
        try:
            async with self._service.begin() as uow:
                await queries.give_back(uow.session, self._run)
        except Exception as error:
            log.warning("run-not-given-back", run_id=self._run.run_id, error=repr(error))

    async def _finish(self, status: RunStatus, error: str = "") -> None:
        async with self._service.begin() as uow:
            await queries.finish(uow.session, self._run, status, uow.now, error)


def _after(pool: Pool, answer: Mapping[str, Any] | None) -> Pool:
    """Return what an answer leaves of a pool."""
    return pool if answer is None else after(pool, answer["bought_g"], answer["usual_g"])
