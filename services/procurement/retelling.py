"""Telling again what procurement owns, for whoever lost its copy: the index, by what it is called (decision 55)."""

from services.procurement.prices import queries as prices
from shared.copies import Retell
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def retell_prices(uow: UnitOfWork, paging: Paging) -> list[str]:
    """Tell reference prices; one that is held is told when a person confirms it."""
    page = (await prices.page(uow.session, paging, None, None, None))[: paging.limit]
    uow.emit(*(price.told() for _, price in page if not price.held))
    return [price_id for price_id, _ in page]


RETOLD: dict[str, Retell] = {"prices": retell_prices}
