"""What can happen to contracts, and what they come to.

Whoever signs, amends or cancels one locks the cooperative first, as whoever makes an offer does: they take turns, and
what is left of a contract is exact without a counter beside it (docs/decisions/0024).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from services.farmers.contracts import queries
from services.farmers.contracts.domain import (
    Contract,
    ContractStatus,
    ContractTerms,
    Drawn,
    amend,
    cancel,
    check_overlap,
    check_terms,
    require_version,
)
from services.farmers.contracts.pricing import Priced, price_by
from services.farmers.contracts.schedule import Schedule
from services.farmers.contracts.telling import tell
from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.prices import queries as prices
from shared.errors import DomainError, NotFound
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Shown:
    """A contract, what is drawn from it, and what it pays on a day (None: nobody published a price it could follow)."""

    contract: Contract
    drawn: Drawn
    schedule: Schedule
    day: date
    priced: Priced | None


async def sign_contract(uow: UnitOfWork, cooperative_id: str, terms: ContractTerms) -> Contract:
    """Sign a contract. Raises DomainError: terms nobody can keep, or a contract that shares a day with another."""
    check_terms(terms, today(uow.now))
    if cooperative_id not in await cooperatives.lock(uow.session, uow.dialect, [cooperative_id]):
        raise NotFound("cooperative", cooperative_id, field="cooperative_id")
    contract = Contract(new_id(), cooperative_id, terms, ContractStatus.OPEN, 1, uow.now, uow.now)
    others = await queries.of_food(uow.session, cooperative_id, terms.food_code)
    check_overlap(contract.contract_id, terms, others)
    await queries.insert_new(uow.session, contract)
    await tell(uow, [contract.contract_id])
    return contract


async def amend_contract(
    uow: UnitOfWork, contract_id: str, terms: ContractTerms, reason: str, expected_version: int | None
) -> Contract:
    """Amend a contract, never below what is offered under it; terms that say nothing new change nothing."""
    contract = await _lock(uow, contract_id, expected_version)
    if contract.terms == terms:
        return contract
    drawn = (await queries.drawn(uow.session, [contract_id], today(uow.now)))[contract_id]
    amended = amend(contract, terms, drawn, reason, today(uow.now), uow.now)
    check_overlap(contract_id, terms, await queries.of_food(uow.session, contract.cooperative_id, terms.food_code))
    Schedule.of(terms, (await queries.promised(uow.session, [contract_id]))[contract_id]).require_kept()
    await queries.save(uow.session, amended)
    await tell(uow, [contract_id])
    return amended


async def cancel_contract(uow: UnitOfWork, contract_id: str, reason: str, expected_version: int | None) -> Contract:
    """Cancel a contract: nothing more is offered under it, offers made stand. A cancelled one stays as it is."""
    contract = await _lock(uow, contract_id, expected_version)
    cancelled = cancel(contract, reason, uow.now)
    if cancelled is not contract:
        await queries.save(uow.session, cancelled)
        await tell(uow, [contract_id])
    return cancelled


async def _lock(uow: UnitOfWork, contract_id: str, expected_version: int | None) -> Contract:
    owner = (await queries.one(uow.session, contract_id)).cooperative_id
    await cooperatives.lock(uow.session, uow.dialect, [owner])
    contract = await queries.one(uow.session, contract_id, for_update=True)
    require_version(contract, expected_version)
    return contract


async def shown(uow: UnitOfWork, contracts: Sequence[Contract], day: date | None = None) -> list[Shown]:
    """Return contracts with what is drawn from them and what they pay on a day: today, or the nearest of the season."""
    ids = [each.contract_id for each in contracts]
    drawn = await queries.drawn(uow.session, ids, today(uow.now))
    held = await queries.promised(uow.session, ids)
    days = {each.contract_id: _within(each, day or today(uow.now)) for each in contracts}
    priced = await price_on(uow, [(each, days[each.contract_id]) for each in contracts])
    return [
        Shown(each, drawn[key], Schedule.of(each.terms, held[key]), on, _known(priced[key, on]))
        for each in contracts
        for key in [each.contract_id]
        for on in [days[key]]
    ]


def _within(contract: Contract, day: date) -> date:
    return min(max(day, contract.terms.season_from), contract.terms.season_until)


def _known(priced: Priced | DomainError) -> Priced | None:
    return None if isinstance(priced, DomainError) else priced


async def price_of(uow: UnitOfWork, contract_id: str, day: date) -> Priced:
    """Return what a contract pays on a day of its season. Raises DomainError outside it or without a reference."""
    contract = await queries.one(uow.session, contract_id)
    if _within(contract, day) != day:
        terms = contract.terms
        detail = f"the season runs from {terms.season_from} to {terms.season_until}"
        raise DomainError("outside-the-season", detail, field="day")
    priced = (await price_on(uow, [(contract, day)]))[contract_id, day]
    if isinstance(priced, DomainError):
        raise priced
    return priced


async def price_on(
    uow: UnitOfWork, wanted: Collection[tuple[Contract, date]]
) -> dict[tuple[str, date], Priced | DomainError]:
    """Return what contracts pay on days, or why nobody can say; for a day to come, by what is known today."""
    counties = await cooperatives.counties(uow.session, uow.dialect, {each.cooperative_id for each, _ in wanted})
    asked = {
        (each.contract_id, day): (each.terms.food_code, counties[each.cooperative_id], day) for each, day in wanted
    }
    references = await prices.beside(uow.session, set(asked.values()), today(uow.now))
    recent = await prices.recent(uow.session, set(asked.values()), today(uow.now))
    found: dict[tuple[str, date], Priced | DomainError] = {}
    for each, day in wanted:
        key = (each.contract_id, day)
        try:
            found[key] = price_by(each.terms.price, references.get(asked[key]), recent.get(asked[key], ()))
        except DomainError as error:
            found[key] = error
    return found
