"""Everything that can happen to a sourcing run, apart from carrying it out (see `runs.py`)."""

from dataclasses import dataclass
from datetime import date

from services.procurement.sourcing import domain, queries
from services.procurement.sourcing.domain import Run, Status
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Account:
    """A run, and what it found nobody for."""

    run: Run
    lines_unmet: int
    unmet_g: int


async def queue_run(uow: UnitOfWork, county_code: str, week_start: date) -> Run:
    """Queue a run for a county's week; a replica takes it within a second. Raises what `domain.queue` raises."""
    run = domain.queue(new_id(), county_code, week_start, uow.now)
    await queries.add_run(uow.session, run)
    return run


async def queue_province(uow: UnitOfWork, week_start: date) -> list[Run]:
    """Queue a run for every county that has demand to source in a week and no run under way, by county.

    Raises what `domain.require_week` raises.
    """
    domain.require_week(week_start, uow.now)
    counties = await queries.counties_to_source(uow.session, week_start, week_start + domain.SCHOOL_WEEK)
    return [await queue_run(uow, county_code, week_start) for county_code in counties]


async def cancel_run(uow: UnitOfWork, run_id: str) -> Account:
    """Stop a run: what it has ordered stands, the rest stays open. Raises NotFound, Conflict `run-has-ended`."""
    if not await queries.ask_to_cancel(uow.session, run_id, uow.now):
        ended = (await account_of(uow, run_id)).run
        if ended.status is not Status.CANCELLED:
            raise Conflict("run-has-ended", f"run {run_id} is {ended.status}, there is nothing to cancel")
    return await account_of(uow, run_id)


async def account_of(uow: UnitOfWork, run_id: str) -> Account:
    """Return what a run has done so far. Raises NotFound."""
    run = await queries.run(uow.session, run_id)
    if run is None:
        raise NotFound("sourcing-run", run_id, field="run_id")
    return Account(run, *await queries.short_of(uow.session, run_id))


async def runs_page(
    uow: UnitOfWork, paging: Paging, county_code: str | None, week_start: date | None = None
) -> list[Run]:
    """Return a page of runs (one more than asked for)."""
    return await queries.page(uow.session, paging, county_code, week_start)
