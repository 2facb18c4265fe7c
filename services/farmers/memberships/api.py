"""Routes of memberships; where a household belongs is read with the household."""

from typing import Annotated

from fastapi import Path

from services.farmers.memberships import queries, usecases
from services.farmers.memberships.schemas import DepartureIn, MembershipRead, MoveIn
from shared.fields import Id
from shared.routing import UoW, service_router

router = service_router(prefix="/households/{household_id}", tags=["households"])

HouseholdId = Annotated[Id, Path()]


@router.post("/moves")
async def move_household(uow: UoW, household_id: HouseholdId, body: MoveIn) -> list[MembershipRead]:
    """Let a household belong to another cooperative from a day on; returns its memberships."""
    await usecases.move(uow, household_id, body.cooperative_id, body.from_day)
    return await _history(uow, household_id)


@router.post("/departures")
async def let_household_leave(uow: UoW, household_id: HouseholdId, body: DepartureIn) -> list[MembershipRead]:
    """Let a household's membership end with a day; returns its memberships."""
    await usecases.leave(uow, household_id, body.until_day)
    return await _history(uow, household_id)


async def _history(uow: UoW, household_id: str) -> list[MembershipRead]:
    found = (await queries.histories(uow.session, [household_id]))[household_id]
    return [MembershipRead.model_validate(one) for one in found]
