"""The route of the figures."""

from typing import Annotated

from fastapi import Query

from services.logistics.figures import usecases
from services.logistics.figures.schemas import DeliveryReport
from services.logistics.parameters import InCounty
from shared.fields import Day
from shared.routing import UoW, service_router

router = service_router(prefix="/delivery-figures", tags=["figures"])


@router.get("")
async def read_figures(
    uow: UoW,
    first: Annotated[Day, Query(alias="from", examples=["2026-11-30"])],
    last: Annotated[Day, Query(alias="until", examples=["2026-12-04"])],
    county_code: InCounty = None,
) -> DeliveryReport:
    """Count deliveries of up to 93 days, by county: how many came late, how many of the cooled ones got warm."""
    return await usecases.report(uow, first, last, county_code)
