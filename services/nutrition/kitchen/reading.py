"""What the kitchen reads: its day in one answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from services.nutrition.canteens import queries as canteens
from services.nutrition.days import today
from services.nutrition.dishes import queries as dishes
from services.nutrition.dishes.domain import Recipe
from services.nutrition.kitchen import domain, queries
from services.nutrition.kitchen.domain import Done, Pot, Task
from services.nutrition.kitchen.queries import Names
from services.nutrition.kitchen.schemas import (
    BandRead,
    DishToCook,
    FoodToCook,
    KitchenDay,
    MealToCook,
    PartRead,
    Recorded,
    TaskRead,
    Timer,
)
from services.nutrition.menus import queries as menus
from services.nutrition.menus.domain import Menu, Planned
from services.nutrition.samples import queries as samples
from services.nutrition.samples import reading as kept
from services.nutrition.servings import queries as servings
from services.nutrition.servings.usecases import meal_id_of
from services.nutrition.stocks import queries as stocks
from services.nutrition.temperatures import queries as temperatures
from services.nutrition.temperatures.domain import is_hot
from services.nutrition.temperatures.schemas import TemperatureRead
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class _OnRecord:
    """What is on record of a day's meals, by meal."""

    served: Mapping[str, Row[Any]]
    sampled: Collection[tuple[str, str]]
    measured: Mapping[str, Sequence[TemperatureRead]]
    logged: Collection[str]
    weighed: Collection[str]
    problems: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Known:
    """Recipes and names of what the day's meals are made of."""

    recipes: Mapping[tuple[str, int], Recipe]
    dishes: Mapping[tuple[str, int], Names]
    foods: Mapping[str, Names]


async def read_day(uow: UnitOfWork, canteen_id: str, day: date) -> KitchenDay:
    """Return a canteen's day: meals, foods, samples, and what is to be done."""
    canteen = await canteens.one(uow.session, canteen_id)
    planned = await menus.planned_day(uow.session, canteen_id, day)
    ids = [meal_id_of(canteen_id, day, meal.meal) for _, meal in planned]
    record = await _on_record(uow, ids)
    foods_g = domain.as_bought(meal for _, meal in planned)
    known = await _known(uow, [meal for _, meal in planned], foods_g)
    meals = [_meal(meal_id, *one, known, record) for meal_id, one in zip(ids, planned, strict=True)]
    foods = await _foods(uow, canteen_id, foods_g, known, max(day, today(uow.now)))
    timers = await _timers(uow, canteen_id)
    return KitchenDay(
        canteen_id=canteen_id,
        name_zh=canteen.name_zh,
        name_en=canteen.name_en,
        day=day,
        now=uow.now,
        meals=meals,
        foods=foods,
        timers=timers,
        tasks=[*_tasks(uow, day, meals), *_of_store(foods), *_of_timers(timers)],
    )


async def _on_record(uow: UnitOfWork, ids: Sequence[str]) -> _OnRecord:
    if not ids:
        return _OnRecord({}, (), {}, (), (), {})
    taken = await samples.of_meals(uow.session, ids)
    return _OnRecord(
        served=await servings.by_ids(uow.session, ids),
        sampled={(row.meal_id, row.dish_code) for row in taken},
        measured=await temperatures.of_meals(uow.session, ids),
        logged=await queries.logged(uow.session, ids),
        weighed=await queries.weighed(uow.session, ids),
        problems=await queries.problems(uow.session, ids),
    )


async def _known(uow: UnitOfWork, meals: Sequence[Planned], foods_g: Mapping[str, int]) -> _Known:
    versions = {dish for meal in meals for dish in meal.dishes}
    return _Known(
        await dishes.recipes_at(uow.session, versions),
        await queries.dish_names(uow.session, versions),
        await queries.food_names(uow.session, foods_g),
    )


def _meal(meal_id: str, menu: Menu, planned: Planned, known: _Known, record: _OnRecord) -> MealToCook:
    row = record.served.get(meal_id)
    served = None
    if row is not None:
        weighed = meal_id in record.weighed
        served = Recorded.model_validate({**row._mapping, "leftovers_weighed": weighed})
    return MealToCook(
        meal_id=meal_id,
        meal=planned.meal,
        menu_id=menu.menu_id,
        planned_headcount=planned.headcount,
        planned_headcounts=dict(planned.headcounts),
        dishes=[_dish(meal_id, pot, known, record) for pot in domain.pots(planned, known.recipes)],
        planned_g=dict(planned.planned_g),
        served=served,
        logged=meal_id in record.logged,
        open_problems=record.problems.get(meal_id, 0),
    )


def _dish(meal_id: str, pot: Pot, known: _Known, record: _OnRecord) -> DishToCook:
    recipe = pot.recipe
    code = recipe.dish_code
    measured = [one for one in record.measured.get(meal_id, ()) if one.dish_code == code]
    name_zh, name_en = known.dishes[code, recipe.version]
    parts = []
    for food, grams in pot.foods_g.items():
        zh, en = known.foods.get(food, (food, food))
        parts.append(PartRead(food_code=food, name_zh=zh, name_en=en, net_g=grams))
    return DishToCook(
        dish_code=code,
        version=recipe.version,
        name_zh=name_zh,
        name_en=name_en,
        hot=is_hot(recipe.category, recipe.method),
        net_g=pot.net_g,
        bands=[BandRead(**asdict(band)) for band in pot.bands],
        ingredients=parts,
        sampled=(meal_id, code) in record.sampled,
        temperature=measured[-1] if measured else None,
    )


async def _foods(
    uow: UnitOfWork, canteen_id: str, foods_g: Mapping[str, int], known: _Known, day: date
) -> list[FoodToCook]:
    """What the store has of the day's foods, as it is fit on that day, or today where the day is over."""
    lots = await stocks.lots(uow.session, canteen_id, foods_g) if foods_g else {}
    foods = []
    for food, grams in foods_g.items():
        there = lots.get(food, [])
        zh, en = known.foods.get(food, (food, food))
        foods.append(
            FoodToCook(
                food_code=food,
                name_zh=zh,
                name_en=en,
                needed_g=grams,
                usable_g=sum(lot.usable_g for lot in there if not lot.expired(day)),
                recalled_g=sum(lot.on_hand_g for lot in there if lot.recalled),
                expired_g=sum(lot.usable_g for lot in there if lot.expired(day)),
            )
        )
    return foods


async def _timers(uow: UnitOfWork, canteen_id: str) -> list[Timer]:
    in_the_cold = await kept.of_rows(uow, await samples.kept(uow.session, canteen_id, None))
    latest = await samples.latest_readings(uow.session, canteen_id, None) if in_the_cold else {}
    alarms = {one.sample.sample_id: one.alarm for one in kept.badly_kept(in_the_cold, latest)}
    return [
        Timer(
            **sample.model_dump(include={"sample_id", "day", "meal", "dish_code", "place", "keep_until", "held_for"}),
            ready=sample.keep_until <= uow.now and not sample.held_for,
            alarm=alarms.get(sample.sample_id),
        )
        for sample in in_the_cold
    ]


def _tasks(uow: UnitOfWork, day: date, meals: Sequence[MealToCook]) -> list[TaskRead]:
    tasks = []
    for meal in meals:
        if meal.served is not None and not meal.served.headcount:
            continue  # It never took place.
        done = Done(
            dish_codes=tuple(dish.dish_code for dish in meal.dishes),
            hot=frozenset(dish.dish_code for dish in meal.dishes if dish.hot),
            sampled=frozenset(dish.dish_code for dish in meal.dishes if dish.sampled),
            measured=frozenset(dish.dish_code for dish in meal.dishes if dish.temperature),
            recorded=meal.served is not None,
            logged=meal.logged,
            weighed=meal.served is not None and meal.served.leftovers_weighed,
        )
        found = domain.tasks_of(day, uow.now, done)
        tasks += [TaskRead(task=task, meal=meal.meal, dish_code=code) for task, code in found]
    return tasks


def _of_store(foods: Sequence[FoodToCook]) -> list[TaskRead]:
    return [TaskRead(task=Task.CLEAR_STORE)] if any(food.recalled_g or food.expired_g for food in foods) else []


def _of_timers(timers: Sequence[Timer]) -> list[TaskRead]:
    tasks = [TaskRead(task=Task.DISCARD_SAMPLES)] if any(timer.ready for timer in timers) else []
    return [*tasks, TaskRead(task=Task.LOOK_AT_PLACE)] if any(timer.alarm for timer in timers) else tasks
