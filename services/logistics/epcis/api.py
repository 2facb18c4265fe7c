"""Routes of EPCIS documents."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request, Response

from services.logistics.epcis import usecases
from services.logistics.epcis.schemas import Captured, EpcisDocument
from services.logistics.parameters import OfCanteen, OnDay
from shared.fields import Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/epcis", tags=["epcis"])

OfLot = Annotated[Id | None, Query(examples=["lot-1"])]
From = Annotated[Day | None, Query(alias="from", examples=["2026-11-30"])]
Until = Annotated[Day | None, Query(examples=["2026-12-04"])]


@router.get("/events", response_model=EpcisDocument, response_model_exclude_none=True)
async def list_events(
    uow: UoW,
    page: Page,
    request: Request,
    response: Response,
    lot_id: OfLot = None,
    canteen_id: OfCanteen = None,
    day: OnDay = None,
    first: From = None,
    until: Until = None,
) -> Any:
    """Tell the trace graph as an EPCIS 2.0 document: of a lot, of a school's day, or of a period of up to 31 days.

    A page holds up to `limit` lots, orders and meals, at most 200, with all their events; `Link` names the next one.
    """
    scope = await usecases.scope_of(uow, lot_id, canteen_id, day, first, until)
    document, following = await usecases.tell(uow, scope, page)
    if following is not None:
        query = urlencode({**request.query_params, "after": following})
        response.headers["link"] = f'<{request.url.path}?{query}>; rel="next"'
    return document


@router.post("/capture")
async def capture(body: EpcisDocument, uow: UoW) -> Captured:
    """Take the events of an EPCIS 2.0 document into the trace graph, all or none; each is taken once."""
    return await usecases.capture(uow, body)
