"""Routes of tests of lots."""

from typing import Annotated

from fastapi import Path

from services.farmers.lots import queries as lots
from services.farmers.lottests import queries, usecases
from services.farmers.lottests.schemas import FindingIn, FindingRead, Findings, FindingTaken
from shared.fields import Id
from shared.routing import UoW, service_router

router = service_router(prefix="/lots/{lot_id}/tests", tags=["lots"])

LotId = Annotated[Id, Path(examples=["lot-1"])]


@router.post("", status_code=201)
async def record_test(uow: UoW, lot_id: LotId, body: FindingIn) -> FindingTaken:
    """Put what a test found on record; a lot that fails is not packed, mixed or split until a laboratory clears it."""
    return FindingTaken.of(*await usecases.record(uow, body.finding(lot_id)))


@router.get("")
async def list_tests(uow: UoW, lot_id: LotId) -> Findings:
    """List the tests of a lot, the oldest first."""
    await lots.one(uow.session, uow.dialect, lot_id)
    return Findings(items=[FindingRead.of(each) for each in await queries.of_lot(uow.session, lot_id)])
