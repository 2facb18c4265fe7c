"""What can happen to substitutions."""

from collections.abc import Mapping
from datetime import date, timedelta

import structlog

from services.procurement.demand import queries as demand_queries
from services.procurement.sourcing.domain import earliest_day
from services.procurement.substitution import domain, queries
from services.procurement.substitution.domain import Decision, Substitution
from shared.errors import DomainError, NotFound
from shared.events.nutrition import SubstitutionEnded, SubstitutionProposed
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()
SCHOOL_WEEK = timedelta(days=6)


async def ask(uow: UnitOfWork, county_code: str, week_start: date) -> list[Substitution]:
    """Ask nutrition for dishes that need nothing of what nobody had in a county's week. Raises `not-a-monday`.

    Returns what is newly asked; a shortage that was asked about and has not changed is not asked about again.
    """
    if week_start.weekday() != 0:
        raise DomainError("not-a-monday", f"{week_start} is no Monday", field="week_start")
    first = max(week_start, earliest_day(uow.now))
    lines = await demand_queries.lines_to_source(
        uow.session, county_code, first, week_start + SCHOOL_WEEK, unmet_too=True
    )
    asked = domain.ask(lines, uow.now)
    new = await queries.add(uow, asked)
    uow.emit(*(told for told in domain.told_of_asking(asked) if told.substitution_id in new))
    return [one for one in asked if one.substitution_id in new]


async def take_proposal(uow: UnitOfWork, event: SubstitutionProposed) -> None:
    """Keep what nutrition proposes, for an official to decide on."""
    present = await queries.for_update(uow.session, event.substitution_id)
    if present is None:
        log.warning("substitution-never-asked", substitution_id=event.substitution_id)
        return
    await queries.save(uow.session, domain.propose(present, event))


async def take_end(uow: UnitOfWork, event: SubstitutionEnded) -> None:
    """Keep whether the menu was amended; its new demand comes by itself."""
    present = await queries.for_update(uow.session, event.substitution_id)
    if present is not None:
        await queries.save(uow.session, domain.end(present, event))


async def approve(
    uow: UnitOfWork, substitution_id: str, chosen: Mapping[tuple[str, str], str] | None, decision: Decision
) -> Substitution:
    """Approve proposed dishes: nutrition amends the menu, its demand changes, and the difference is sourced.

    Raises NotFound, and what :func:`domain.approve` raises.
    """
    approved, told = domain.approve(await _locked(uow, substitution_id), chosen, decision)
    await queries.save(uow.session, approved)
    uow.emit(told)
    return approved


async def refuse(uow: UnitOfWork, substitution_id: str, decision: Decision) -> Substitution:
    """Refuse what was proposed. Raises NotFound, Conflict `not-proposed`."""
    refused = domain.refuse(await _locked(uow, substitution_id), decision)
    await queries.save(uow.session, refused)
    return refused


async def _locked(uow: UnitOfWork, substitution_id: str) -> Substitution:
    present = await queries.for_update(uow.session, substitution_id)
    if present is None:
        raise NotFound("substitution", substitution_id, field="substitution_id")
    return present
