"""Routes of freight."""

from typing import Annotated

from fastapi import Path, Query

from services.procurement.answers import Items, cut
from services.procurement.freight import queries, trips, usecases
from services.procurement.freight.schemas import FreightIn, FreightRead, TripRead
from shared.fields import Code, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/freight", tags=["freight"])


@router.post("", status_code=201)
async def book_freight(body: FreightIn, uow: UoW) -> FreightRead:
    """Book what a carrier gets, out of the county's freight fund: no money for food ever pays it."""
    return FreightRead.of(await usecases.book(uow, body.freight(uow.now)))


@router.get("")
async def list_freight(
    uow: UoW,
    page: Page,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    carrier_id: Annotated[Id | None, Query(examples=["carrier-songtao-1"])] = None,
) -> Items[FreightRead]:
    """List what carriers got, and why."""
    wanted = {"county_code": county_code, "carrier_id": carrier_id}
    found, after = cut(page, await queries.page(uow.session, page, wanted), lambda one: one.freight_id)
    return Items(items=[FreightRead.of(one) for one in found], next=after)


@router.get("/trips/{trip_id}")
async def read_trip(trip_id: Annotated[Id, Path(examples=["trip-0001"])], uow: UoW) -> TripRead:
    """Show what a trip cost, and what of it each of its orders bears."""
    return TripRead.of(await trips.trip_of(uow, trip_id))
