"""What can happen to offers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.farmers.capacities import queries as capacities
from services.farmers.capacities.domain import Capacity
from services.farmers.certificates import holding
from services.farmers.contracts import queries as contracts
from services.farmers.contracts import telling
from services.farmers.contracts import usecases as pricing
from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.offers import queries
from services.farmers.offers.domain import (
    Offer,
    Terms,
    amend,
    check_amendment,
    check_terms,
    contracts_of,
    publish,
    require_version,
    withdraw,
)
from services.farmers.offers.room import Room
from services.farmers.prices import usecases as prices
from shared.bulk import Imported, refuse
from shared.errors import AlreadyDone, Conflict, DomainError, NotFound
from shared.market import Reference
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Proposal:
    """An offer as a cooperative proposes it."""

    offer_id: str
    cooperative_id: str
    terms: Terms


async def publish_offer(uow: UnitOfWork, proposal: Proposal) -> Offer:
    """Publish one new offer, within what its contract and its season have left."""
    county = await _take_turn(uow, proposal.cooperative_id)
    check_terms(proposal.terms, today(uow.now))
    room = await _room(uow, [proposal])
    room.take(proposal.cooperative_id, proposal.terms, None)
    share = await _share_of(uow, proposal.cooperative_id, proposal.terms.available_from)
    offer = publish(proposal.offer_id, proposal.cooperative_id, proposal.terms, share, today(uow.now), uow.now)
    if not await queries.insert(uow.session, uow.dialect, [offer]):
        raise AlreadyDone("offer-exists", f"offer {offer.offer_id} exists already")
    await holding.tell(uow, [offer], {offer.cooperative_id: county})
    await telling.tell(uow, contracts_of([offer]))
    return offer


async def amend_offer(uow: UnitOfWork, offer_id: str, terms: Terms, expected_version: int | None) -> Offer:
    """Change an offer's terms, never below what is promised from it; terms that say nothing new change nothing."""
    owner = (await queries.one(uow.session, offer_id)).cooperative_id
    county = await _take_turn(uow, owner)
    offer = await queries.one(uow.session, offer_id, for_update=True)
    require_version(offer, expected_version)
    if offer.terms == terms:
        return offer
    share = await _share_of(uow, owner, terms.available_from)
    amended = amend(offer, terms, share, today(uow.now), uow.now)
    room = await _room(uow, [Proposal(offer_id, owner, terms)])
    room.take(owner, terms, offer)
    await queries.save(uow.session, [amended])
    await holding.tell(uow, [amended], {owner: county})
    await telling.tell(uow, contracts_of([amended]))
    return amended


async def withdraw_offer(uow: UnitOfWork, offer_id: str, expected_version: int | None) -> Offer:
    """Take an offer back: it gets no further orders, what was promised from it stands."""
    offer = await queries.one(uow.session, offer_id, for_update=True)
    require_version(offer, expected_version)
    withdrawn, told = withdraw(offer, uow.now)
    if told is not None:
        await queries.save(uow.session, [withdrawn])
        uow.emit(told)
        await telling.tell(uow, contracts_of([withdrawn]))
    return withdrawn


async def import_offers(uow: UnitOfWork, rows: Sequence[tuple[int, Proposal]]) -> Imported:
    """Publish new offers and amend those that changed; bad rows are named, the others are taken."""
    done = Imported()
    locked = await cooperatives.lock(uow.session, uow.dialect, {row.cooperative_id for _, row in rows})
    counties = {key: each.particulars.county_code for key, each in locked.items()}
    present = await queries.lock(uow.session, uow.dialect, {row.offer_id for _, row in rows})
    room = await _room(uow, [row for _, row in rows if row.cooperative_id in counties])
    seen: set[str] = set()
    taken: list[tuple[int, Proposal]] = []
    for index, row in rows:
        offer = present.get(row.offer_id)
        try:
            _check_row(row, counties, offer, seen, today(uow.now))
            if offer is None or offer.terms != row.terms:
                room.take(row.cooperative_id, row.terms, offer)
        except DomainError as error:
            done.refused.append(refuse(index, error))
        else:
            seen.add(row.offer_id)
            taken.append((index, row))
    new = [(index, row) for index, row in taken if row.offer_id not in present]
    changed = [row for _, row in taken if row.offer_id in present and present[row.offer_id].terms != row.terms]
    done.created, done.changed, done.unchanged = len(new), len(changed), len(taken) - len(new) - len(changed)
    await _write(uow, new, [(present[row.offer_id], row.terms) for row in changed], counties, done)
    return done


async def references(uow: UnitOfWork, offers: Sequence[Offer]) -> dict[str, Reference]:
    """Return by offer what its food costs on the public market of its county, on its last day or else today."""
    counties = await cooperatives.counties(uow.session, uow.dialect, {offer.cooperative_id for offer in offers})
    asked = {
        offer.offer_id: (offer.terms.food_code, counties[offer.cooperative_id], offer.terms.available_until)
        for offer in offers
    }
    found = await prices.beside(uow, set(asked.values()))
    return {offer_id: found[each] for offer_id, each in asked.items() if each in found}


def _check_row(row: Proposal, counties: dict[str, str], present: Offer | None, seen: set[str], day: date) -> None:
    if row.offer_id in seen:
        raise DomainError("twice-in-request", "an earlier row names it already", field="offer_id")
    if row.cooperative_id not in counties:
        raise NotFound("cooperative", row.cooperative_id, field="cooperative_id")
    if present is None:
        check_terms(row.terms, day)
    elif present.cooperative_id != row.cooperative_id:
        raise Conflict("another-cooperative", f"it is {present.cooperative_id}'s offer", field="cooperative_id")
    elif present.terms != row.terms:
        check_amendment(present, row.terms, day)


async def _write(
    uow: UnitOfWork,
    new: Sequence[tuple[int, Proposal]],
    changed: Sequence[tuple[Offer, Terms]],
    counties: Mapping[str, str],
    done: Imported,
) -> None:
    day = today(uow.now)
    begin = {(row.cooperative_id, row.terms.available_from) for _, row in new}
    begin |= {(offer.cooperative_id, terms.available_from) for offer, terms in changed}
    shares = await _shares_of(uow, begin)
    made = [
        publish(row.offer_id, row.cooperative_id, row.terms, shares[row.cooperative_id, first], day, uow.now)
        for _, row in new
        for first in [row.terms.available_from]
    ]
    amended = [
        amend(offer, terms, shares[offer.cooperative_id, terms.available_from], day, uow.now)
        for offer, terms in changed
    ]
    inserted = await queries.insert(uow.session, uow.dialect, made)
    await queries.save(uow.session, amended)
    lost = Conflict("changed-meanwhile", "somebody else published it just now", field="offer_id")
    done.refused += [refuse(index, lost) for index, row in new if row.offer_id not in inserted]
    done.created = len(inserted)
    told = [offer for offer in made if offer.offer_id in inserted] + amended
    await holding.tell(uow, told, counties)
    await telling.tell(uow, contracts_of(told))


async def _take_turn(uow: UnitOfWork, cooperative_id: str) -> str:
    """Lock the cooperative, as everybody does who makes or raises an offer of it; return its county."""
    locked = await cooperatives.lock(uow.session, uow.dialect, [cooperative_id])
    if cooperative_id not in locked:
        raise NotFound("cooperative", cooperative_id, field="cooperative_id")
    return locked[cooperative_id].particulars.county_code


async def _room(uow: UnitOfWork, rows: Sequence[Proposal]) -> Room:
    """Return what the contracts and seasons of locked cooperatives have left."""
    under = {row.terms.contract_id for row in rows if row.terms.contract_id is not None}
    named = await contracts.named(uow.session, under)
    drawn = await contracts.drawn(uow.session, named, today(uow.now))
    wanted = {
        (contract_id, row.terms.available_from)
        for row in rows
        for contract_id in [row.terms.contract_id]
        if contract_id is not None and contract_id in named
    }
    priced = [(named[contract_id], day) for contract_id, day in wanted]
    seasons: dict[tuple[str, str], list[Capacity]] = {}
    for each in await capacities.of_cooperatives(uow.session, {row.cooperative_id for row in rows}):
        seasons.setdefault((each.cooperative_id, each.food_code), []).append(each)
    declared = [each for of_food in seasons.values() for each in of_food]
    offered = await queries.offered_in(uow.session, uow.dialect, {each.season for each in declared})
    return Room(
        today=today(uow.now),
        contracts=named,
        left_under={key: each.terms.quantity_g - drawn[key].offered_g for key, each in named.items()},
        prices=await pricing.price_on(uow, priced) if priced else {},
        seasons=seasons,
        left_in={each.capacity_id: each.quantity_g - offered[each.season] for each in declared},
    )


async def _share_of(uow: UnitOfWork, cooperative_id: str, day: date) -> int:
    return (await _shares_of(uow, {(cooperative_id, day)}))[cooperative_id, day]


async def _shares_of(uow: UnitOfWork, wanted: Collection[tuple[str, date]]) -> dict[tuple[str, date], int]:
    """Each present member household weighs the same: nobody knows yet who will bring how much."""
    counts = await cooperatives.counts_on(uow.session, uow.dialect, wanted)
    return {key: each.poor_share_permille for key, each in counts.items()}
