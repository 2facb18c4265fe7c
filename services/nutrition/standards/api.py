"""Routes of the standards."""

from typing import Annotated

from fastapi import Path, Query

from services.nutrition.standards import usecases
from services.nutrition.standards.schemas import (
    FoodEquivalents,
    RequirementQuery,
    RequirementRead,
    StandardRead,
    StandardsRead,
)
from shared.fields import Code, Day, Id
from shared.routing import UoW, service_router

router = service_router(prefix="/standards", tags=["standards"])
of_foods = service_router(prefix="/foods", tags=["foods"])
StandardId = Annotated[Id, Path(examples=["wst554-2017"])]


@router.get("")
async def list_standards() -> StandardsRead:
    """List the standards there is a file for, and the files that could not be read as one, with every reason."""
    return usecases.list_standards()


@router.get("/{standard_id}")
async def read_standard(standard_id: StandardId) -> StandardRead:
    """Show a standard, every number with its state of verification."""
    return usecases.read_standard(standard_id)


@router.get("/{standard_id}/requirement")
async def read_requirement(
    standard_id: StandardId,
    canteen_id: Annotated[Id, Query(examples=["sch-520628-0001"])],
    uow: UoW,
    day: Annotated[Day | None, Query(description="numbers as they hold on this day; today")] = None,
) -> RequirementRead:
    """Show what a standard asks of a canteen's meals: for an average child, weighted by age band and sex."""
    return await usecases.read_requirement(uow, standard_id, canteen_id, day)


@router.post("/{standard_id}/requirement")
async def work_out_requirement(standard_id: StandardId, body: RequirementQuery, uow: UoW) -> RequirementRead:
    """Work out what a standard would ask of so many pupils at such meals; nothing is kept."""
    return usecases.work_out_requirement(standard_id, body, uow.now)


@of_foods.get("/{food_code}/equivalents")
async def read_equivalents(food_code: Code, uow: UoW) -> FoodEquivalents:
    """Show in which group of each standard a food counts, and what its table says it stands for, raw and cooked."""
    return await usecases.read_equivalents(uow, food_code)
