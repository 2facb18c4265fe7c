"""What can be asked of the standards."""

from services.nutrition.canteens import queries as canteens
from services.nutrition.standards.library import library, standard
from services.nutrition.standards.requirement import requirement_of
from services.nutrition.standards.schemas import (
    HoleRead,
    RequirementRead,
    StandardListed,
    StandardRead,
    StandardsRead,
    TargetRead,
)
from shared.unit_of_work import UnitOfWork


def list_standards() -> StandardsRead:
    """Return the standards there are, and what is wrong with the files that were not taken."""
    found = library()
    return StandardsRead(
        items=[
            StandardListed.model_validate(each.file, from_attributes=True)
            for _, each in sorted(found.standards.items())
        ],
        refused=[HoleRead.model_validate(hole, from_attributes=True) for hole in found.holes],
    )


def read_standard(standard_id: str) -> StandardRead:
    """Return a standard with all its numbers. Raises NotFound."""
    return StandardRead.model_validate(standard(standard_id, field=None).file.model_dump())


async def read_requirement(uow: UnitOfWork, standard_id: str, canteen_id: str) -> RequirementRead:
    """Return what a standard asks of a canteen. Raises NotFound, and what `requirement_of` raises."""
    wanted = standard(standard_id, field=None)
    profile = await canteens.profile(uow.session, canteen_id)
    asked = requirement_of(wanted, profile.heads, profile.meals)
    return RequirementRead(
        standard_id=asked.standard_id,
        canteen_id=canteen_id,
        meals=list(asked.meals),
        pupils=profile.pupils,
        targets=[TargetRead.model_validate(target, from_attributes=True) for target in asked.targets],
    )
