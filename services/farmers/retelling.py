"""Telling again what farmers owns, for whoever lost its copy: the index, by what it is called (decision 55)."""

from services.farmers.certificates import holding
from services.farmers.contracts import queries as contracts
from services.farmers.contracts import telling
from services.farmers.cooperatives import queries as cooperatives
from services.farmers.lots import queries as lots
from services.farmers.offers import queries as offers
from shared.copies import Retell
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def retell_cooperatives(uow: UnitOfWork, paging: Paging) -> list[str]:
    """Tell where cooperatives are, and how many households they have."""
    ids = [row.cooperative_id for row in await cooperatives.page(uow.session, paging, None)]
    locked = await cooperatives.lock(uow.session, uow.dialect, ids)
    uow.emit(*(locked[each].told() for each in ids))
    return ids


async def retell_offers(uow: UnitOfWork, paging: Paging) -> list[str]:
    """Tell offers as they stand: published, withdrawn, or held back and what they lack."""
    page = await offers.page(uow.session, paging, {}, None)
    counties = await cooperatives.counties(uow.session, uow.dialect, {one.cooperative_id for one in page})
    await holding.tell_again(uow, page, counties)
    return [one.offer_id for one in page]


async def retell_contracts(uow: UnitOfWork, paging: Paging) -> list[str]:
    """Tell how contracts stand, each in its next version."""
    ids = [each.contract_id for each in await contracts.page(uow.session, paging, {}, None)]
    await telling.tell(uow, ids)
    return ids


async def retell_lots(uow: UnitOfWork, paging: Paging) -> list[str]:
    """Tell lots as they came in."""
    page = await lots.page(uow.session, uow.dialect, paging, None, None, None)
    uow.emit(*(lot.told() for lot in page))
    return [lot.harvest.lot_id for lot in page]


RETOLD: dict[str, Retell] = {
    "cooperatives": retell_cooperatives,
    "offers": retell_offers,
    "contracts": retell_contracts,
    "lots": retell_lots,
}
