"""What can happen to leftovers: they are weighed, and what was wrong is weighed again."""

from typing import Any

from sqlalchemy import Row

from services.nutrition.leftovers import domain, queries
from services.nutrition.leftovers.schemas import LeftoversInput, WeighingRead
from services.nutrition.servings import queries as servings
from services.nutrition.servings.domain import check_dishes
from shared.errors import DomainError
from shared.unit_of_work import UnitOfWork


async def weigh(uow: UnitOfWork, meal_id: str, body: LeftoversInput) -> WeighingRead:
    """Say what was left over of a meal; the same again changes nothing, something else needs a reason."""
    meal = await servings.one_locked(uow.session, meal_id)
    told = body.told()
    check_dishes([one.dish_code for one in told], meal.dish_codes, "leftovers")
    domain.check(told, meal.headcount)
    leftovers = [row.model_dump(mode="json") for row in body.leftovers]
    before = await queries.last(uow.session, meal_id)
    if before is not None and before.leftovers == leftovers:
        return _read(before)
    if before is not None and body.reason is None:
        raise DomainError("reason-required", "it was weighed before: say why that was wrong", field="reason")
    entry = {
        "meal_id": meal_id,
        "entry": 1 if before is None else before.entry + 1,
        "leftovers": leftovers,
        "weighed_by": body.weighed_by,
        "reason": body.reason or "",
        "weighed_at": uow.now,
    }
    await queries.add(uow.session, entry)
    return WeighingRead.model_validate(entry)


def _read(row: Row[Any]) -> WeighingRead:
    return WeighingRead.model_validate(dict(row._mapping))


async def history(uow: UnitOfWork, meal_id: str) -> list[WeighingRead]:
    """Return everything that was ever weighed of a meal's leftovers, first to last."""
    await servings.one(uow.session, meal_id)
    return [_read(row) for row in await queries.all_of(uow.session, meal_id)]
