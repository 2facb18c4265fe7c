"""Comparing a week behind its re-sourcing: nothing is ordered, what would be is kept beside what is."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.procurement.demand import domain as demand
from services.procurement.demand import queries as demand_queries
from services.procurement.orders import queries as orders
from services.procurement.partners import queries as partners
from services.procurement.rules import queries as ordering_rules
from services.procurement.sourcing import domain as sourcing
from services.procurement.sourcing import queries as sourcing_queries
from services.procurement.sourcing.allocation import allocation_of, answered
from services.procurement.sourcing.answer import Answer
from services.procurement.sourcing.columns import columns_of
from services.procurement.sourcing.domain import Kind, Run
from services.procurement.sourcing.exact import queries
from services.procurement.sourcing.exact.domain import SETTLING, Part, difference, good_until, parts_of
from services.procurement.sourcing.placing import read_market
from services.procurement.sourcing.problem import Problem
from services.procurement.turns import take_turn
from shared.errors import DomainError
from shared.ids import new_id
from shared.service import Service
from shared.unit_of_work import UnitOfWork
from shared.workers import Cancelled


async def queue_settled(service: Service) -> int:
    """Queue a comparison of every week that was sourced again and has settled; returns how many. The service's job.

    One that waits already will see what was sourced since: a week is not queued twice.
    """
    async with service.begin() as uow:
        settled = await queries.take_settled(uow.session, uow.now - SETTLING)
        waiting = await sourcing_queries.queued(uow.session, Kind.EXACT)
        weeks = [week for week in settled if week not in waiting]
        for county_code, week_start in weeks:
            # A week that is over meanwhile is compared with nothing.
            with suppress(DomainError):
                run = sourcing.queue(new_id(), county_code, week_start, uow.now)
                await sourcing_queries.add_run(uow.session, replace(run, kind=Kind.EXACT))
    return len(weeks)


@dataclass(frozen=True, slots=True)
class _Week:
    """A week as it would be without orders nobody has answered, what those hold, and until when a day can change."""

    problem: Problem
    held: tuple[Part, ...]
    good_until: Mapping[date, datetime]


class _UndoneError(Exception):
    """Ends a unit of work that only looked."""


async def compare(service: Service, run: Run, note: Callable[[float], None], unwanted: asyncio.Event) -> None:
    """Solve a county's week as if orders nobody has answered were not there, and keep the difference.

    Raises ArithmeticError where the optimiser fails, Cancelled when the run is no longer wanted.
    """
    week = await _as_if_called_off(service, run)
    if week is None:
        return
    answer: Answer = await service.workers.run(answered, columns_of(week.problem), note, unwanted)
    allocation = allocation_of(week.problem, answer)
    found = difference(run.run_id, week.problem, allocation, week.held)
    days = {line.demand_id: line.delivery_day for line in week.problem.lines}
    until = min((week.good_until[days[change.demand_id]] for change in found.changes), default=None)
    values = sourcing.figures_of(allocation) | {"passes": 1, "demand_lines": len(week.problem.lines)}
    async with service.begin() as uow:
        if not await sourcing_queries.holds(uow.session, run, uow.now, **values):
            raise Cancelled
        await queries.keep(uow.session, run.run_id, found, until)


async def _as_if_called_off(service: Service, run: Run) -> _Week | None:
    """Read a week in a unit of work that calls its orders off and is undone; None when no order waits for an answer.

    So limits and rooms are read by the same statements as ever, and stand as they would.
    """
    week = None
    with suppress(_UndoneError):
        async with service.begin() as uow:
            week = await _read(uow, run)
            raise _UndoneError
    return week


async def _read(uow: UnitOfWork, run: Run) -> _Week | None:
    await take_turn(uow)
    session, county = uow.session, run.county_code
    known = await ordering_rules.rules_of(session, [county])
    earliest = max(run.week_start, sourcing.earliest_day(uow.now))
    first = known.first_open_day(county, earliest, max(earliest, run.week_end), uow.now)
    waiting = await orders.some(session, await queries.unanswered(session, county, first, run.week_end))
    held = parts_of(waiting.values())
    if not held:
        return None
    lines = {
        line.demand_id: line
        for line in (
            *await demand_queries.lines_to_source(session, county, first, run.week_end, unmet_too=True),
            *await demand_queries.lines_by_id(session, {part.demand_id for part in held}),
        )
    }
    await queries.hide(session, waiting)
    given_back: dict[str, int] = {}
    for part in held:
        lines[part.demand_id] = demand.give_back(lines[part.demand_id], part.grams)
        given_back[part.offer_id] = given_back.get(part.offer_id, 0) - part.grams
    await partners.allocate(session, given_back)
    problem = await read_market(session, [lines[key] for key in sorted(lines)], first)
    days = {line.delivery_day for line in problem.lines}
    return _Week(problem, tuple(held), {day: good_until(known.holding(county, day), day) for day in days})
