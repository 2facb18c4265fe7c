"""What can be asked of the standards."""

from datetime import date, datetime

from services.nutrition.canteens import queries as canteens
from services.nutrition.days import today
from services.nutrition.foods import queries as foods
from services.nutrition.foods.domain import Food
from services.nutrition.standards.domain import Requirement
from services.nutrition.standards.library import Standard, library, standard
from services.nutrition.standards.requirement import requirement_of
from services.nutrition.standards.schemas import (
    EquivalentRead,
    FoodEquivalents,
    HoleRead,
    RequirementQuery,
    RequirementRead,
    StandardListed,
    StandardRead,
    StandardsRead,
    TargetRead,
)
from shared.errors import DomainError, NotFound
from shared.unit_of_work import UnitOfWork


def list_standards() -> StandardsRead:
    """Return the standards there are, and what is wrong with the files that were not taken."""
    found = library()
    standards = (each.file for _, each in sorted(found.standards.items()))
    return StandardsRead(
        items=[StandardListed.model_validate(file, from_attributes=True) for file in standards],
        refused=[HoleRead.model_validate(hole, from_attributes=True) for hole in found.holes],
    )


def read_standard(standard_id: str) -> StandardRead:
    """Return a standard with all its numbers. Raises NotFound."""
    return StandardRead.model_validate(standard(standard_id, field=None).file.model_dump())


async def read_requirement(uow: UnitOfWork, standard_id: str, canteen_id: str, day: date | None) -> RequirementRead:
    """Return what a standard asks of a canteen.

    Raises NotFound, and DomainError where it says nothing of the canteen's pupils or meals.
    """
    wanted = standard(standard_id, field=None)
    profile = await canteens.profile(uow.session, canteen_id)
    asked = requirement_of(wanted, profile.heads, profile.meals, day=day or today(uow.now))
    return _read(asked, profile.pupils, canteen_id)


def work_out_requirement(standard_id: str, query: RequirementQuery, now: datetime) -> RequirementRead:
    """Return what a standard asks of these pupils. Raises NotFound, and DomainError where it says nothing of them."""
    heads = {(row.age_band, row.sex): row.pupils for row in query.headcounts}
    if len(heads) < len(query.headcounts):
        raise DomainError("headcount-twice", "an age band and sex is counted once", field="headcounts")
    wanted, day = standard(standard_id, field=None), query.day or today(now)
    asked = requirement_of(wanted, heads, query.meals, day=day, school_days=query.school_days)
    return _read(asked, sum(heads.values()), None)


def _read(asked: Requirement, pupils: int, canteen_id: str | None) -> RequirementRead:
    return RequirementRead(
        standard_id=asked.standard_id,
        canteen_id=canteen_id,
        meals=list(asked.meals),
        pupils=pupils,
        targets=[TargetRead.model_validate(target, from_attributes=True) for target in asked.targets],
        banned=sorted(asked.banned),
    )


async def read_equivalents(uow: UnitOfWork, food_code: str) -> FoodEquivalents:
    """Return in which group of each standard a food counts and what it stands for. Raises NotFound."""
    known = await foods.library(uow.session, None, [food_code])
    if food_code not in known:
        raise NotFound("food", food_code)
    items = [_equivalent(each, known[food_code]) for _, each in sorted(library().standards.items())]
    return FoodEquivalents(food_code=food_code, items=items)


def _equivalent(each: Standard, food: Food) -> EquivalentRead:
    counted, printed = each.file.counts_as, each.file.equivalents
    named = each.by_food.get(food.food_code) or each.by_food_group.get(food.food_group)
    rows = [row for row in printed.rows if food.food_code in (*row.foods, *row.anchor_foods)]
    by_table = any(food.food_code in row.foods for row in rows) and food.food_code not in counted.foods
    return EquivalentRead(
        standard_id=each.standard_id,
        group=None if named is None else named.group,
        permille=None if named is None else named.permille,
        rows=rows,
        verified=printed.verified if by_table else counted.verified,
    )
