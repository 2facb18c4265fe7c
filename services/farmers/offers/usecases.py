"""What can happen to offers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.offers import queries
from services.farmers.offers.domain import (
    Offer,
    Terms,
    amend,
    check_amendment,
    check_terms,
    publish,
    require_version,
    withdraw,
)
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
    """Publish one new offer."""
    county = await _county_of(uow, proposal.cooperative_id)
    share = await _share_of(uow, proposal.cooperative_id, proposal.terms.available_from)
    offer = publish(proposal.offer_id, proposal.cooperative_id, proposal.terms, share, today(uow.now), uow.now)
    if not await queries.insert(uow.session, uow.dialect, [offer]):
        raise AlreadyDone("offer-exists", f"offer {offer.offer_id} exists already")
    uow.emit(offer.told(county))
    return offer


async def amend_offer(uow: UnitOfWork, offer_id: str, terms: Terms, expected_version: int | None) -> Offer:
    """Change an offer's terms, never below what is promised from it; terms that say nothing new change nothing."""
    offer = await queries.one(uow.session, offer_id, for_update=True)
    require_version(offer, expected_version)
    if offer.terms == terms:
        return offer
    share = await _share_of(uow, offer.cooperative_id, terms.available_from)
    amended = amend(offer, terms, share, today(uow.now), uow.now)
    await queries.save(uow.session, [amended])
    uow.emit(amended.told(await _county_of(uow, offer.cooperative_id)))
    return amended


async def withdraw_offer(uow: UnitOfWork, offer_id: str, expected_version: int | None) -> Offer:
    """Take an offer back: it gets no further orders, what was promised from it stands."""
    offer = await queries.one(uow.session, offer_id, for_update=True)
    require_version(offer, expected_version)
    withdrawn, told = withdraw(offer, uow.now)
    if told is not None:
        await queries.save(uow.session, [withdrawn])
        uow.emit(told)
    return withdrawn


async def import_offers(uow: UnitOfWork, rows: Sequence[tuple[int, Proposal]]) -> Imported:
    """Publish new offers and amend those that changed; bad rows are named, the others are taken."""
    done = Imported()
    counties = await cooperatives.counties(uow.session, uow.dialect, {row.cooperative_id for _, row in rows})
    present = await queries.lock(uow.session, uow.dialect, {row.offer_id for _, row in rows})
    seen: set[str] = set()
    taken: list[tuple[int, Proposal]] = []
    for index, row in rows:
        try:
            _check_row(row, counties, present.get(row.offer_id), seen, today(uow.now))
        except DomainError as error:
            done.refused.append(refuse(index, error))
        else:
            seen.add(row.offer_id)
            taken.append((index, row))
    await _write(uow, taken, present, counties, done)
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
    rows: Sequence[tuple[int, Proposal]],
    present: dict[str, Offer],
    counties: dict[str, str],
    done: Imported,
) -> None:
    day = today(uow.now)
    shares = await _shares_of(uow, {(row.cooperative_id, row.terms.available_from) for _, row in rows})
    new: list[tuple[int, Offer]] = []
    changed: list[Offer] = []
    for index, row in rows:
        offer, share = present.get(row.offer_id), shares[row.cooperative_id, row.terms.available_from]
        if offer is None:
            new.append((index, publish(row.offer_id, row.cooperative_id, row.terms, share, day, uow.now)))
        elif offer.terms != row.terms:
            changed.append(amend(offer, row.terms, share, day, uow.now))
    inserted = await queries.insert(uow.session, uow.dialect, [offer for _, offer in new])
    await queries.save(uow.session, changed)
    lost = Conflict("changed-meanwhile", "somebody else published it just now", field="offer_id")
    done.refused += [refuse(index, lost) for index, offer in new if offer.offer_id not in inserted]
    done.created, done.changed = len(inserted), len(changed)
    done.unchanged = len(rows) - len(new) - len(changed)
    told = [offer for _, offer in new if offer.offer_id in inserted] + changed
    uow.emit(*(offer.told(counties[offer.cooperative_id]) for offer in told))


async def _county_of(uow: UnitOfWork, cooperative_id: str) -> str:
    counties = await cooperatives.counties(uow.session, uow.dialect, [cooperative_id])
    if cooperative_id not in counties:
        raise NotFound("cooperative", cooperative_id, field="cooperative_id")
    return counties[cooperative_id]


async def _share_of(uow: UnitOfWork, cooperative_id: str, day: date) -> int:
    return (await _shares_of(uow, {(cooperative_id, day)}))[cooperative_id, day]


async def _shares_of(uow: UnitOfWork, wanted: Collection[tuple[str, date]]) -> dict[tuple[str, date], int]:
    """Each present member household weighs the same: nobody knows yet who will bring how much."""
    counts = await cooperatives.counts_on(uow.session, uow.dialect, wanted)
    return {key: each.poor_share_permille for key, each in counts.items()}
