"""Routes of erasures."""

from typing import Annotated

from fastapi import Path

from services.farmers.erasures import queries, usecases
from services.farmers.erasures.schemas import ErasureIn, ErasurePage, ErasureRead, LiftIn
from services.farmers.households import queries as households
from services.farmers.paging import next_after
from shared.auth.principal import signed_by
from shared.fields import Id
from shared.keys import Keys
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/households/{household_id}/erasures", tags=["people"])

HouseholdId = Annotated[Id, Path()]


@router.post("", status_code=201)
async def erase_household(uow: UoW, keys: Keys, household_id: HouseholdId, body: ErasureIn) -> ErasureRead:
    """Forget a household's name, phone and registry number on its request; its lots, income and statements stay.

    Who says later who it is, or its number, is refused until the erasure is lifted.
    """
    by = signed_by(uow.principal, body.asked_by)
    return ErasureRead(**await usecases.erase(uow, keys, household_id, by, body.reason))


@router.get("")
async def list_erasures(uow: UoW, page: Page, household_id: HouseholdId) -> ErasurePage:
    """List who asked for a household to be forgotten or known again, why and when."""
    await households.require(uow.session, household_id)
    items = [ErasureRead.model_validate(row) for row in await queries.of_household(uow.session, household_id, page)]
    return ErasurePage(items=items, next=next_after(page, [item.erasure_id for item in items]))


@router.post("/lift")
async def lift_erasure(uow: UoW, keys: Keys, household_id: HouseholdId, body: LiftIn) -> ErasureRead:
    """Let a household be known again on its request."""
    by = signed_by(uow.principal, body.asked_by)
    lifted = await usecases.lift(uow, keys, household_id, by, body.reason, body.registry_no)
    return ErasureRead.model_validate(lifted)
