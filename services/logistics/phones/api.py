"""Routes of numbers: each place and each driver says its own, those who are on a trip together read them."""

from typing import Annotated

from fastapi import Path

from services.logistics.parameters import TripId
from services.logistics.phones import usecases
from services.logistics.phones.schemas import NumberIn, NumberRead, TripNumber, TripNumbers
from shared.fields import Id
from shared.keys import Keys
from shared.routing import UoW, service_router

router = service_router(tags=["phones"])

CanteenId = Annotated[Id, Path(examples=["sch-520628-0001"])]
CooperativeId = Annotated[Id, Path(examples=["coop-520628-001"])]
DriverId = Annotated[Id, Path(examples=["drv-520628-001"])]


@router.put("/canteens/{canteen_id}/phone")
async def put_canteen_phone(uow: UoW, keys: Keys, canteen_id: CanteenId, body: NumberIn) -> NumberRead:
    """Say which number drivers call at a school's gate; it is answered masked."""
    return NumberRead.kept(await usecases.put_number(uow, keys, "canteen", canteen_id, body.number))


@router.get("/canteens/{canteen_id}/phone")
async def get_canteen_phone(uow: UoW, keys: Keys, canteen_id: CanteenId) -> NumberRead:
    """Return which number drivers call at a school's gate."""
    return NumberRead.of(await usecases.number_of(uow, keys, "canteen", canteen_id))


@router.put("/cooperatives/{cooperative_id}/phone")
async def put_cooperative_phone(uow: UoW, keys: Keys, cooperative_id: CooperativeId, body: NumberIn) -> NumberRead:
    """Say which number drivers call where a cooperative packs; it is answered masked."""
    return NumberRead.kept(await usecases.put_number(uow, keys, "cooperative", cooperative_id, body.number))


@router.get("/cooperatives/{cooperative_id}/phone")
async def get_cooperative_phone(uow: UoW, keys: Keys, cooperative_id: CooperativeId) -> NumberRead:
    """Return which number drivers call where a cooperative packs."""
    return NumberRead.of(await usecases.number_of(uow, keys, "cooperative", cooperative_id))


@router.put("/drivers/{driver_id}/phone")
async def put_driver_phone(uow: UoW, keys: Keys, driver_id: DriverId, body: NumberIn) -> NumberRead:
    """Say by which number a driver is called on the way; it is answered masked."""
    return NumberRead.kept(await usecases.put_number(uow, keys, "driver", driver_id, body.number))


@router.get("/drivers/{driver_id}/phone")
async def get_driver_phone(uow: UoW, keys: Keys, driver_id: DriverId) -> NumberRead:
    """Return by which number a driver is called on the way."""
    return NumberRead.of(await usecases.number_of(uow, keys, "driver", driver_id))


@router.get("/trips/{trip_id}/phones")
async def list_trip_phones(uow: UoW, keys: Keys, trip_id: TripId) -> TripNumbers:
    """Return whom to call on a trip: where it stops, and who drives it; to its driver until its day is."""
    found = await usecases.numbers_of_trip(uow, keys, trip_id)
    return TripNumbers(items=[TripNumber.model_validate(one) for one in found])
