"""From a served meal back to its lots, deliveries and trips."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.logistics.places import queries as places
from services.logistics.tracing import queries, samples
from services.logistics.tracing.schemas import Delivery, FoodTrace, LotRead, LotUsed, MealTrace, SampleFound, TripTaken
from shared.errors import NotFound
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a meal's lots: themselves and their deliveries to the school."""

    lots: Mapping[str, LotRead]
    deliveries: Mapping[str, Sequence[Delivery]]


async def trace_meal(uow: UnitOfWork, meal_id: str, *, with_samples: bool = True) -> MealTrace:
    """Return where a meal came from, with the samples kept of it if they are asked for; NotFound names the id."""
    meal = await queries.meal_by_id(uow, meal_id)
    if meal is None:
        raise NotFound("meal", meal_id, field="meal_id")
    used = await queries.foods_of(uow, meal_id)
    known = await _known(uow, meal, sorted({row.lot_id for row in used if row.lot_id is not None}))
    key = places.canteen_key(meal.canteen_id)
    school = (await places.places_of(uow, [key])).get(key)
    foods = _foods(used, known)
    quantity_g = sum(food.quantity_g for food in foods)
    traced_g = sum(food.traced_g for food in foods)
    return MealTrace(
        **meal._mapping,
        canteen_name_zh=school.name_zh if school else None,
        canteen_name_en=school.name_en if school else None,
        county_code=school.county_code if school else None,
        quantity_g=quantity_g,
        traced_g=traced_g,
        traced_share=traced_g / quantity_g if quantity_g else 0.0,
        foods=foods,
        samples=[SampleFound(**row._mapping) for row in await samples.of_meal(uow, meal_id)] if with_samples else [],
    )


async def _known(uow: UnitOfWork, meal: Any, lots: Sequence[str]) -> _Known:
    if not lots:
        return _Known({}, {})
    described = [LotRead(**row._mapping) for row in await queries.described_lots(uow, lots)]
    rows = await queries.deliveries_of(uow, lots, meal.canteen_id, meal.day)
    orders = {row.order_id for row in rows}
    temperatures = await queries.temperatures_of(uow, orders)
    broken = await queries.broken_orders(uow, orders)
    deliveries: dict[str, list[Delivery]] = defaultdict(list)
    for row in rows:
        trip = _trip(row, temperatures.get(row.order_id, {}).values(), row.order_id in broken)
        deliveries[row.lot_id].append(Delivery(**row._mapping, trip=trip))
    return _Known({lot.lot_id: lot for lot in described}, deliveries)


def _trip(row: Any, told: Collection[tuple[float, float]], broken: bool) -> TripTaken | None:
    if row.trip_id is None:
        return None
    return TripTaken(
        **{name: getattr(row, name) for name in ("trip_id", "vehicle_id", "plate", "departed_at", "arrived_at")},
        lowest_c=min((low for low, _ in told), default=None),
        highest_c=max((high for _, high in told), default=None),
        cold_chain_broken=broken,
    )


def _foods(used: Sequence[Any], known: _Known) -> list[FoodTrace]:
    by_food: dict[str, list[Any]] = defaultdict(list)
    for row in used:
        by_food[row.food_code].append(row)
    return [_food(food_code, rows, known) for food_code, rows in by_food.items()]


def _food(food_code: str, rows: Sequence[Any], known: _Known) -> FoodTrace:
    traced = [row for row in rows if row.lot_id is not None]
    lots = [
        LotUsed(
            **known.lots[row.lot_id].model_dump(),
            used_g=row.quantity_g,
            deliveries=list(known.deliveries.get(row.lot_id, [])),
        )
        for row in traced
    ]
    return FoodTrace(
        food_code=food_code,
        quantity_g=sum(row.quantity_g for row in rows),
        traced_g=sum(row.quantity_g for row in traced),
        lots=lots,
    )
