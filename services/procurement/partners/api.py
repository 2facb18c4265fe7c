"""The route of names."""

from typing import Annotated

from fastapi import Query

from services.procurement.market.models import market_supplier
from services.procurement.partners.models import canteen, cooperative
from services.procurement.partners.queries import names_of
from services.procurement.partners.schemas import NamesRead
from shared.fields import Id
from shared.routing import UoW, service_router

router = service_router(prefix="/names", tags=["orders"])
Ids = Annotated[list[Id], Query(max_length=200)]


@router.get("")
async def read_names(uow: UoW, canteen_id: Ids = [], supplier_id: Ids = []) -> NamesRead:  # noqa: B006 (FastAPI copies it)
    """Name up to 200 schools and 200 suppliers (cooperatives and market suppliers) by their ids, to everybody."""
    suppliers = await names_of(uow.session, market_supplier, supplier_id)
    suppliers |= await names_of(uow.session, cooperative, supplier_id)
    return NamesRead.of(await names_of(uow.session, canteen, canteen_id), suppliers)
