"""Routes of the standards."""

from typing import Annotated

from fastapi import Path, Query

from services.nutrition.standards import usecases
from services.nutrition.standards.schemas import RequirementRead, StandardRead, StandardsRead
from shared.fields import Id
from shared.routing import UoW, service_router

router = service_router(prefix="/standards", tags=["standards"])
StandardId = Annotated[Id, Path(examples=["wst554-2017"])]


@router.get("")
async def list_standards() -> StandardsRead:
    """List the standards there is a file for, and the files that could not be read as one, with the reason."""
    return usecases.list_standards()


@router.get("/{standard_id}")
async def read_standard(standard_id: StandardId) -> StandardRead:
    """Show a standard, every number with its state of verification."""
    return usecases.read_standard(standard_id)


@router.get("/{standard_id}/requirement")
async def read_requirement(
    standard_id: StandardId, canteen_id: Annotated[Id, Query(examples=["sch-520628-0001"])], uow: UoW
) -> RequirementRead:
    """Show what a standard asks of a canteen's meals: for an average child, weighted by age band and sex."""
    return await usecases.read_requirement(uow, standard_id, canteen_id)
