"""What can happen to the trace graph when others tell something."""

from collections.abc import Sequence
from typing import Any

from services.logistics.recalls import usecases as recalls
from services.logistics.tracing import lineage, queries, samples
from shared.errors import MissingDependency
from shared.events.farmers import LotHarvested
from shared.events.kitchen import SamplesKept
from shared.events.nutrition import MealServed
from shared.unit_of_work import UnitOfWork


async def keep_lots(uow: UnitOfWork, events: Sequence[LotHarvested]) -> None:
    """Keep lots with counts of the households behind them; a lot told twice is kept once.

    A lot made of a recalled one is recalled with it.
    """
    lots = {event.lot_id: event for event in reversed(events)}
    await queries.add_lots(uow, [_lot(lots[lot_id]) for lot_id in sorted(lots)])
    parents = [
        {"lot_id": event.lot_id, "parent_id": share.lot_id, "quantity_g": share.quantity_g}
        for event in lots.values()
        for share in event.parents
    ]
    await lineage.add_parents(uow, parents)
    await recalls.follow(uow, {share.lot_id for event in lots.values() for share in event.parents})


def _lot(event: LotHarvested) -> dict[str, Any]:
    households = {contribution.household_id for contribution in event.contributions}
    poor = {contribution.household_id for contribution in event.contributions if contribution.poor}
    return {
        "lot_id": event.lot_id,
        "cooperative_id": event.cooperative_id,
        "food_code": event.food_code,
        "harvest_day": event.harvest_day,
        "quantity_g": event.quantity_g,
        "certificate_no": event.certificate_no,
        "households": len(households),
        "poor_households": len(poor),
    }


async def keep_meals(uow: UnitOfWork, events: Sequence[MealServed]) -> None:
    """Keep meals and the lots they were cooked from; the highest version of each counts, whenever it comes.

    Raises MissingDependency for a lot that has not arrived.
    """
    meals = {event.meal_id: event for event in sorted(events, key=lambda event: event.version)}
    used = {food.lot_id for event in meals.values() for food in event.used if food.lot_id is not None}
    missing = used - await queries.known_lots(uow, used)
    if missing:
        raise MissingDependency("lot", min(missing))
    kept = await queries.put_meals(uow, [_meal(meals[meal_id]) for meal_id in sorted(meals)])
    corrected = [meal_id for meal_id in sorted(kept) if meals[meal_id].version > 1]
    await queries.put_foods(uow, [food for meal_id in sorted(kept) for food in _foods(meals[meal_id])], corrected)


def _meal(event: MealServed) -> dict[str, Any]:
    return {
        "meal_id": event.meal_id,
        "version": event.version,
        "canteen_id": event.canteen_id,
        "menu_id": event.menu_id,
        "day": event.day,
        "meal": event.meal.value,
        "headcount": event.headcount,
        "dish_codes": list(event.dish_codes),
        "served_at": event.served_at,
    }


def _foods(event: MealServed) -> list[dict[str, Any]]:
    return [
        {"meal_id": event.meal_id, "position": position, **food.model_dump()}
        for position, food in enumerate(event.used, start=1)
    ]


async def keep_samples(uow: UnitOfWork, events: Sequence[SamplesKept]) -> None:
    """Keep what kitchens say of their samples; one that is gone stays so, whatever is told after it."""
    rows: dict[str, dict[str, Any]] = {}
    for event in events:
        for told in event.samples:
            if told.sample_id not in rows or rows[told.sample_id]["ended_at"] is None:
                rows[told.sample_id] = told.model_dump() | {"meal_id": event.meal_id}
    await samples.keep(uow, [rows[sample_id] for sample_id in sorted(rows)])
