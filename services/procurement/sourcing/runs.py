"""Carrying out sourcing runs: read, compute in a worker process, apply what still holds, again while offers ran out.

A run is safe to kill at any moment. What was applied is in the database with its orders; another replica takes the run
over after 60 s and finds only what is still open. A replica that wakes up after that is fenced off by the run's claim.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog

from services.procurement.demand import queries as demand_queries
from services.procurement.demand.book import Book
from services.procurement.demand.domain import Line
from services.procurement.sourcing import domain, queries
from services.procurement.sourcing.allocation import Explained, allocation_of, explain
from services.procurement.sourcing.checking import prove
from services.procurement.sourcing.columns import columns_of
from services.procurement.sourcing.domain import Cause, Kind, Run, Status
from services.procurement.sourcing.exact.runs import compare
from services.procurement.sourcing.placing import held_for, open_day, place, read_market
from services.procurement.sourcing.problem import Allocation, Problem
from services.procurement.sourcing.reasons import queries as reasons
from services.procurement.sourcing.reasons.waiting import waiting_for
from services.procurement.sourcing.repairing import allocate_again, allocate_plainly
from services.procurement.substitution import usecases as substitution
from services.procurement.turns import take_turn
from shared.claiming import carry_out_waiting
from shared.database import is_transient
from shared.service import Service
from shared.sign_of_life import sign_of_life
from shared.unit_of_work import UnitOfWork
from shared.workers import Cancelled

LINES_PER_UNIT_OF_WORK = 500
SIGN_OF_LIFE_S = 1.0
_COMPUTING_PERMILLE = 700

log = structlog.get_logger()


async def run_waiting(service: Service) -> int:
    """Carry out every run that waits, or whose replica died; returns how many. The service's job.

    As many counties at once as there are worker processes, and others on other replicas.
    """
    return await carry_out_waiting(
        service, queries.claim, lambda run: _Carrier(service, run).carry_out(), at_once=service.settings.workers
    )


@dataclass(slots=True)
class _Progress:
    permille: int = 0


class _Carrier:
    """One claimed run in this replica's hands."""

    def __init__(self, service: Service, run: Run) -> None:
        self._service = service
        self._run = run
        self._unwanted = asyncio.Event()
        self._progress = _Progress()

    async def carry_out(self) -> None:
        """Carry the run to its end. A database that is away leaves it to be taken over."""
        try:
            run_id = self._run.run_id
            async with sign_of_life(self._service, self._holds, self._unwanted, SIGN_OF_LIFE_S, run_id=run_id):
                match self._run.kind:
                    case Kind.ORDERS:
                        await self._source()
                    case Kind.AGAIN:
                        await self._source_again()
                    case Kind.EXACT:
                        await compare(self._service, self._run, self._note_progress, self._unwanted)
        except Cancelled:
            await self._finish(Status.CANCELLED)
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("sourcing-run-failed", run_id=self._run.run_id)
            await self._finish(Status.FAILED, repr(error)[:500])
        else:
            await self._finish(Status.DONE)

    async def _source(self) -> None:
        for number in range(domain.ROUNDS):
            lines, market = await self._read(first=number == 0)
            if not market.lines:
                return
            computed = await self._compute(market, keep=number == 0 and self._run.premium_permille is None)
            await self._apply(lines, market, computed)

    async def _source_again(self) -> None:
        """Order what offers that were ordered from cannot bring, as a unit of work does that is short of little."""
        for _ in range(domain.ROUNDS):
            lines, market, premium = await self._read_displaced()
            if not market.lines:
                return
            work = self._service.workers.run
            computed = await work(allocate_again, (market, premium), self._note_progress, self._unwanted)
            await self._apply(lines, market, computed)

    async def _read_displaced(self) -> tuple[Mapping[str, Line], Problem, float]:
        run = self._run
        async with self._service.begin() as uow:
            await self._begin_pass(uow)
            lines = await demand_queries.displaced_lines(uow.session, run.county_code, run.week_start, run.week_end)
            market = await read_market(uow.session, lines, domain.earliest_day(uow.now))
            premium = await queries.last_premium(uow.session, run.county_code)
            if self._run.passes == 1:
                await queries.count(uow.session, run.run_id, {"demand_lines": len(lines)})
        return {line.demand_id: line for line in lines}, market, premium

    async def _compute(self, market: Problem, *, keep: bool) -> Allocation:
        """Compute in a worker process; where the optimiser fails the greedy answers: children are fed either way.

        Nothing is ordered that the checker does not prove. The first pass sees the whole market: its figures and
        reasons are kept with the run.
        """
        work = self._service.workers.run
        try:
            explained: Explained = await work(explain, columns_of(market), self._note_progress, self._unwanted)
            computed = allocation_of(market, explained.answer)
            # In a thread: it looks at every piece, and others are to be answered meanwhile.
            await asyncio.to_thread(prove, market, computed)
        except ArithmeticError:
            log.exception("optimiser-failed", run_id=self._run.run_id)
            greedy: Allocation = await work(allocate_plainly, market, self._note_progress, self._unwanted)
            return greedy
        if keep:
            async with self._service.begin() as uow:
                if not await queries.holds(uow.session, self._run, uow.now, **domain.figures_of(computed)):
                    raise Cancelled
                waiting = waiting_for(market, await held_for(uow.session, self._run.county_code, market))
                await reasons.keep(uow.session, self._run.run_id, market, explained.offers, explained.lines, waiting)
        return computed

    async def _read(self, *, first: bool) -> tuple[Mapping[str, Line], Problem]:
        """Read what is open; the first time also what went short before this run."""
        run = self._run
        async with self._service.begin() as uow:
            await self._begin_pass(uow)
            lines = await demand_queries.lines_to_source(
                uow.session, run.county_code, run.week_start, run.week_end, unmet_too=first
            )
            market = await read_market(uow.session, lines, await open_day(uow, run.county_code, run.week_end))
            if first:
                await queries.count(uow.session, run.run_id, {"demand_lines": len(lines)})
        return {line.demand_id: line for line in lines}, market

    async def _begin_pass(self, uow: UnitOfWork) -> None:
        passes = self._run.passes + 1
        if not await queries.holds(uow.session, self._run, uow.now, passes=passes):
            raise Cancelled
        self._run = replace(self._run, passes=passes)

    async def _apply(self, lines: Mapping[str, Line], market: Problem, computed: Allocation) -> None:
        portions = domain.by_school_and_day(market, lines, LINES_PER_UNIT_OF_WORK)
        for number, portion in enumerate(portions, start=1):
            await self._apply_portion(lines, market, computed, portion)
            rest = 1000 - _COMPUTING_PERMILLE
            self._progress.permille = _COMPUTING_PERMILLE + rest * number // (len(portions) + 1)

    async def _apply_portion(
        self, lines: Mapping[str, Line], market: Problem, computed: Allocation, portion: list[int]
    ) -> None:
        """Place the orders of some lines in one unit of work; a line that changed since it was read stays as it is."""
        ids = {index: market.lines[index].demand_id for index in portion}
        async with self._service.begin() as uow:
            if not await queries.holds(uow.session, self._run, uow.now, progress_permille=self._progress.permille):
                raise Cancelled
            await take_turn(uow)
            book = await Book.open(uow, ids.values())
            unchanged = [index for index, key in ids.items() if book.lines[key].version == lines[key].version]
            part, allocation = domain.part_of(market, computed, unchanged)
            cause = Cause(self._run.run_id, self._run.passes, uow.now, self._service.settings.answer_hours)
            sourced = await place(uow, book, part, allocation, cause)
            await book.save(uow)
            await queries.count(uow.session, self._run.run_id, domain.sums_of(sourced))

    def _note_progress(self, fraction: float) -> None:
        self._progress.permille = round(fraction * _COMPUTING_PERMILLE)

    async def _holds(self, uow: UnitOfWork) -> bool:
        return await queries.holds(uow.session, self._run, uow.now, progress_permille=self._progress.permille)

    async def _finish(self, status: Status, error: str = "") -> None:
        """End the run; with it goes the question what could be served instead of what it left unmet."""
        async with self._service.begin() as uow:
            ended = await queries.finish(uow.session, self._run, status, uow.now, error)
            if ended and status is Status.DONE:
                await substitution.ask_for_county(uow, self._run.county_code, self._run.week_start)
