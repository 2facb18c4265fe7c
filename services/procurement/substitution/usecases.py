"""What can happen to substitutions."""

from collections.abc import Mapping
from datetime import date

import structlog

from services.procurement.demand import queries as demand_queries
from services.procurement.demand.domain import Line
from services.procurement.sourcing.domain import SCHOOL_WEEK, earliest_day
from services.procurement.substitution import domain, queries
from services.procurement.substitution.domain import Decision, Substitution
from shared.errors import DomainError, NotFound
from shared.events.nutrition import SubstitutionEnded, SubstitutionProposed
from shared.unit_of_work import UnitOfWork
from shared.weeks import monday_of

log = structlog.get_logger()


async def ask(uow: UnitOfWork, county_code: str, week_start: date) -> list[Substitution]:
    """Ask nutrition what could be served instead of what nobody had in a county's week. Raises `not-a-monday`.

    Returns what is newly asked; a shortage that was asked about and has not changed is not asked about again.
    """
    if week_start.weekday() != 0:
        raise DomainError("not-a-monday", f"{week_start} is no Monday", field="week_start")
    lines = await _short(uow, county_code, week_start)
    return await _ask(uow, domain.ask(lines, uow.now), lines)


async def ask_for_county(uow: UnitOfWork, county_code: str, week_start: date) -> None:
    """Ask what the county's schools could cook instead of each food that a sourcing run left unmet, each food once."""
    lines = await _short(uow, county_code, week_start)
    await _ask(uow, domain.ask_for_county(lines, uow.now), lines)


async def _short(uow: UnitOfWork, county_code: str, week_start: date) -> list[Line]:
    first = max(week_start, earliest_day(uow.now))
    lines = await demand_queries.lines_to_source(
        uow.session, county_code, first, week_start + SCHOOL_WEEK, unmet_too=True
    )
    return [line for line in lines if line.unmet_g]


async def _ask(uow: UnitOfWork, asked: list[Substitution], lines: list[Line]) -> list[Substitution]:
    new = await queries.add(uow, asked)
    fresh = [one for one in asked if one.substitution_id in new]
    uow.emit(*domain.told_of_asking(fresh, lines))
    return fresh


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
    uow: UnitOfWork,
    substitution_id: str,
    chosen: Mapping[tuple[str, str], str] | None,
    food_code: str | None,
    decision: Decision,
) -> Substitution:
    """Approve dishes or a food: nutrition amends the menu, its demand changes, and the difference is sourced.

    A food approved for a county is approved for each of its lines that lacks the other. Raises NotFound, and what
    :func:`domain.approve` and :func:`domain.approve_food` raise.
    """
    present = await _locked(uow, substitution_id)
    if food_code is None and (chosen is not None or present.dishes):
        approved, told = domain.approve(present, chosen, decision)
    else:
        approved, told = domain.approve_food(present, food_code, decision)
    await queries.save(uow.session, approved)
    uow.emit(told)
    if approved.county_unmet_g is not None:
        await _approve_for_others(uow, approved, decision)
    return approved


async def _approve_for_others(uow: UnitOfWork, approved: Substitution, decision: Decision) -> None:
    """Approve a county's food for the other lines of the week that still lack what it replaces."""
    lines = await _short(uow, approved.county_code, monday_of(approved.delivery_day))
    others = [
        domain.approve_food(domain.proposed_to(line, approved), approved.chosen_food, decision)
        for line in lines
        if line.food_code == approved.food_code and line.demand_id != approved.demand_id
    ]
    new = await queries.add(uow, [one for one, _ in others])
    uow.emit(*(told for one, told in others if one.substitution_id in new))


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
