"""Telling others how contracts stand: those who plan menus count on what is agreed long before it is offered."""

from collections.abc import Collection

from services.farmers.contracts import queries
from services.farmers.contracts.domain import Contract, ContractStatus, Drawn
from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from shared.events.farmers import ContractChanged, ContractDelivery
from shared.unit_of_work import UnitOfWork

BATCH = 500


async def tell(uow: UnitOfWork, contract_ids: Collection[str]) -> None:
    """Tell how contracts stand, once all is written that changes it: whoever tells of one takes turns from here on."""
    if not contract_ids:
        return
    day = today(uow.now)
    await queries.lock(uow.session, contract_ids)
    versions = await queries.count_telling(uow.session, contract_ids, day)
    contracts = await queries.named(uow.session, contract_ids)
    drawn = await queries.drawn(uow.session, contract_ids, day)
    owners = {each.cooperative_id for each in contracts.values()}
    counties = await cooperatives.counties(uow.session, uow.dialect, owners)
    begin = {each.contract_id: (each.cooperative_id, max(day, each.terms.season_from)) for each in contracts.values()}
    counts = await cooperatives.counts_on(uow.session, uow.dialect, set(begin.values()))
    for contract_id, contract in sorted(contracts.items()):
        share = counts[begin[contract_id]].poor_share_permille
        county = counties[contract.cooperative_id]
        uow.emit(_told(contract, versions[contract_id], drawn[contract_id], county, share))


async def tell_due(uow: UnitOfWork) -> int:
    """Tell up to 500 contracts that get grams back because an offer is over, or that were never told.

    Returns how many.
    """
    due = await queries.to_tell(uow.session, today(uow.now), BATCH)
    await tell(uow, due)
    return len(due)


def _told(
    contract: Contract, version: int, drawn: Drawn, county_code: str, poor_share_permille: int
) -> ContractChanged:
    terms = contract.terms
    return ContractChanged(
        contract_id=contract.contract_id,
        cooperative_id=contract.cooperative_id,
        county_code=county_code,
        version=version,
        open=contract.status == ContractStatus.OPEN,
        food_code=terms.food_code,
        season_from=terms.season_from,
        season_until=terms.season_until,
        quantity_g=terms.quantity_g,
        remaining_g=terms.quantity_g - drawn.offered_g,
        promised_g=drawn.promised_g,
        deliveries=tuple(
            ContractDelivery(week_start=each.week_start, quantity_g=each.quantity_g) for each in terms.deliveries
        ),
        price_fen_per_kg=terms.price.price_fen_per_kg,
        difference_permille=terms.price.difference_permille,
        floor_at_market_mean=terms.price.floor_at_market_mean,
        poor_share_permille=poor_share_permille,
        changed_at=contract.changed_at,
    )
