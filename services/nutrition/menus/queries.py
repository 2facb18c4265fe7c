"""SQL of the menus. Whoever changes one holds the lock on its canteen's row."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Row, and_, bindparam, delete, exists, func, insert, not_, select, tuple_, update

from services.nutrition.menus.demand import Line
from services.nutrition.menus.domain import Change, Menu, Planned, Status
from services.nutrition.menus.models import DemandLine, MenuMeal, MenuVersion
from services.nutrition.menus.models import Menu as MenuTable
from services.nutrition.tables import insert_into, table_of
from shared.auth.finding import finder
from shared.database import Session
from shared.errors import NotFound
from shared.events.nutrition import Demand
from shared.fields import AgeBand, Meal, TemperatureClass
from shared.prepared import Prepared
from shared.unit_of_work import UnitOfWork

menu, menu_version, menu_meal, line = (table_of(t) for t in (MenuTable, MenuVersion, MenuMeal, DemandLine))
tenants_of = finder(menu.c.menu_id, county=menu.c.county_code, canteen=menu.c.canteen_id)
_MENU_FIELDS = [field.name for field in fields(Menu)]
_LINE_FIELDS = [field.name for field in fields(Line)]
_PROGRESS = ("accepted_g", "used_g", "left_g", "reserved_g")
_MENU = tuple(menu.c[name] for name in _MENU_FIELDS)
_LINE = tuple(line.c[name] for name in _LINE_FIELDS)
_LISTED = (menu_meal.c.day, menu_meal.c.meal, menu_meal.c.headcounts, menu_meal.c.dishes)
_MEAL = (*_LISTED, menu_meal.c.planned_g)
_ORDER = {meal: place for place, meal in enumerate(Meal)}

# Statements of hot paths are built once: building one costs as much as running it.
_CURRENT = and_(menu_meal.c.menu_id == menu.c.menu_id, menu_meal.c.version == menu.c.version)
_PLANNED = (
    select(*_MENU, *_MEAL)
    .select_from(menu.join(menu_meal, _CURRENT))
    .where(
        menu.c.canteen_id == bindparam("canteen"),
        menu_meal.c.day == bindparam("day"),
        menu_meal.c.meal == bindparam("meal"),
    )
)
_MEALS = select(*_MEAL).where(menu_meal.c.menu_id == bindparam("menu"), menu_meal.c.version == bindparam("version"))
_OF_DAY = select(*_LINE).where(line.c.menu_id == bindparam("menu"), line.c.delivery_day == bindparam("day"))
_AT = select(line.c.canteen_id, line.c.menu_id, *_LINE).where(
    line.c.canteen_id.in_(bindparam("canteens", expanding=True)),
    line.c.delivery_day.in_(bindparam("days", expanding=True)),
    line.c.food_code.in_(bindparam("foods", expanding=True)),
)
_ADVANCE = (
    update(line)
    .where(
        line.c.menu_id == bindparam("menu"),
        line.c.delivery_day == bindparam("day"),
        line.c.food_code == bindparam("food"),
    )
    .values({name: bindparam(name) for name in _PROGRESS})
)


async def one(session: Session, menu_id: str) -> Menu:
    """Return a menu's present state."""
    row = (await session.execute(select(*_MENU).where(menu.c.menu_id == menu_id))).first()
    if row is None:
        raise NotFound("menu", menu_id)
    return _menu(row)


async def standing(session: Session, canteen_id: str, week_start: date) -> str | None:
    """Return the menu that stands for a canteen's week, None when there is none."""
    of_week = (menu.c.canteen_id == canteen_id, menu.c.week_start == week_start)
    found: str | None = await session.scalar(
        select(menu.c.menu_id).where(*of_week, menu.c.status == Status.PUBLISHED.value)
    )
    return found


@cache
def _page(filters: frozenset[str], with_meals: bool) -> Prepared:
    """Return the SELECT of a page of menus, each with its meals, that keeps to these filters."""
    wanted = select(*_MENU).order_by(menu.c.menu_id).limit(bindparam("limit", type_=Integer))
    if with_meals:
        wanted = wanted.where(exists().where(_CURRENT))
    for name in sorted(filters):
        column = menu.c.menu_id if name == "after" else menu.c[name]
        wanted = wanted.where(column > bindparam(name) if name == "after" else column == bindparam(name))
    page = wanted.subquery()
    theirs = and_(menu_meal.c.menu_id == page.c.menu_id, menu_meal.c.version == page.c.version)
    joined = page.outerjoin(menu_meal, theirs)
    statement = select(*page.c, *_LISTED).select_from(joined).order_by(page.c.menu_id, menu_meal.c.day)
    return Prepared(lambda _: statement)


async def page(
    session: Session, limit: int, *, with_meals: bool = False, **filters: str | date | None
) -> list[tuple[Menu, list[Planned]]]:
    """Return menus ordered by id, each with its meals but for what they need.

    Filters are those of `canteen_id`, `week_start`, `county_code` and `after` (an id) that are not None; with
    `with_meals` those that plan nothing any more are left out.
    """
    given = {name: value for name, value in filters.items() if value is not None}
    found: dict[str, tuple[Menu, list[Planned]]] = {}
    for row in await session.run(_page(frozenset(given), with_meals), {"limit": limit, **given}):
        menu_id, (day, meal, heads, served) = row[0], row[len(_MENU) :]
        if menu_id not in found:
            found[menu_id] = _menu(row), []
        if day is not None:
            found[menu_id][1].append(_planned(day, meal, heads, served, {}))
    return [(head, _in_order(meals)) for head, meals in found.values()]


def _menu(row: Sequence[Any]) -> Menu:
    """Return the menu of a row that begins with its columns."""
    values = dict(zip(_MENU_FIELDS, row, strict=False))
    return Menu(**values | {"status": Status(values["status"])})


async def meals(session: Session, menu_id: str, version: int) -> list[Planned]:
    """Return the meals of a version of a menu, in order of day and meal."""
    rows = (await session.execute(_MEALS, {"menu": menu_id, "version": version})).all()
    return _in_order(map(planned_of, rows))


def _in_order(meals: Iterable[Planned]) -> list[Planned]:
    return sorted(meals, key=lambda meal: (meal.day, _ORDER[meal.meal]))


def planned_of(row: Row[Any]) -> Planned:
    """Return a meal from its row."""
    return _planned(row.day, row.meal, row.headcounts, row.dishes, row.planned_g)


def _planned(
    day: date, meal: str, heads: Mapping[str, int], dishes: Iterable[tuple[str, int]], planned_g: Mapping[str, int]
) -> Planned:
    by_band = {AgeBand(band): n for band, n in heads.items()}
    return Planned(day, Meal(meal), by_band, tuple((code, n) for code, n in dishes), planned_g)


async def history(session: Session, menu_id: str) -> Sequence[Row[Any]]:
    """Return what was told of a menu, without the demand."""
    columns = (menu_version.c.version, menu_version.c.change, menu_version.c.reason, menu_version.c.told_at)
    wanted = select(*columns).where(menu_version.c.menu_id == menu_id).order_by(menu_version.c.version)
    return list((await session.execute(wanted)).all())


async def told(session: Session, menu_id: str, version: int) -> Row[Any]:
    """Return what was told under a version."""
    wanted = and_(menu_version.c.menu_id == menu_id, menu_version.c.version == version)
    row: Row[Any] | None = (await session.execute(select(menu_version).where(wanted))).first()
    if row is None:
        raise NotFound("menu-version", f"{version} of {menu_id}")
    return row


async def planned_meal(session: Session, canteen_id: str, day: date, meal: Meal) -> tuple[Menu, Planned] | None:
    """Return the meal a standing menu plans for a canteen and day, None when there is none."""
    wanted = {"canteen": canteen_id, "day": day, "meal": meal.value}
    row = (await session.execute(_PLANNED, wanted)).first()
    return None if row is None else (_menu(row), planned_of(row))


async def planned_day(session: Session, canteen_id: str, day: date) -> list[tuple[Menu, Planned]]:
    """Return the meals standing menus plan for a canteen and day, in the order of the day."""
    joined = select(*_MENU, *_MEAL).select_from(menu.join(menu_meal, _CURRENT))
    rows = (await session.execute(joined.where(menu.c.canteen_id == canteen_id, menu_meal.c.day == day))).all()
    found = [(_menu(row), planned_of(row)) for row in rows]
    return sorted(found, key=lambda one: list(Meal).index(one[1].meal))


async def reserved_g(
    session: Session, canteen_id: str, since: date, *, but_of: str | None = None, but_after: date | None = None
) -> dict[str, int]:
    """Return what of each food lies in a canteen's store for lines from `since` on.

    With `but_of` the lines of that menu after the day `but_after` are left out.
    """
    wanted = and_(line.c.canteen_id == canteen_id, line.c.delivery_day >= since, line.c.reserved_g > 0)
    if but_of is not None:
        wanted = and_(wanted, not_(and_(line.c.menu_id == but_of, line.c.delivery_day > but_after)))
    summed = select(line.c.food_code, func.sum(line.c.reserved_g).label("grams")).where(wanted)
    rows = (await session.execute(summed.group_by(line.c.food_code))).all()
    return {row.food_code: int(row.grams) for row in rows}


async def needed_g(
    session: Session, canteen_id: str, foods: Collection[str], since: date
) -> dict[str, dict[date, int]]:
    """Return what a canteen's meals still to be served need of foods, by food and day, from `since` on."""
    wanted = and_(line.c.canteen_id == canteen_id, line.c.delivery_day >= since, line.c.left_g > 0)
    summed = select(line.c.food_code, line.c.delivery_day, func.sum(line.c.left_g).label("grams"))
    summed = summed.where(wanted, line.c.food_code.in_(sorted(foods)))
    found: dict[str, dict[date, int]] = {}
    for food, day, grams in (await session.execute(summed.group_by(line.c.food_code, line.c.delivery_day))).all():
        found.setdefault(food, {})[day] = int(grams)
    return found


async def lines(session: Session, menu_id: str) -> list[Line]:
    """Return a menu's demand lines by day and food."""
    wanted = select(*_LINE).where(line.c.menu_id == menu_id).order_by(line.c.delivery_day, line.c.food_code)
    return [line_of(row) for row in (await session.execute(wanted)).all()]


async def lines_page(session: Session, menu_id: str, limit: int, after: tuple[date, str] | None) -> list[Line]:
    """Return a page of a menu's demand lines, after a (day, food)."""
    wanted = select(*_LINE).where(line.c.menu_id == menu_id).order_by(line.c.delivery_day, line.c.food_code)
    if after is not None:
        wanted = wanted.where(tuple_(line.c.delivery_day, line.c.food_code) > tuple_(*after))
    return [line_of(row) for row in (await session.execute(wanted.limit(limit))).all()]


async def lines_of_day(session: Session, menu_id: str, day: date) -> list[Line]:
    """Return a menu's demand lines of one day."""
    return [line_of(row) for row in (await session.execute(_OF_DAY, {"menu": menu_id, "day": day})).all()]


def line_of(row: Sequence[Any]) -> Line:
    """Return a demand line from its columns, in the order of its fields."""
    food_code, day, temperature_class, *grams = row
    return Line(food_code, day, TemperatureClass(temperature_class), *grams)


async def lines_at(
    session: Session, canteen_ids: Collection[str], days: Collection[date], foods: Collection[str]
) -> dict[tuple[str, date, str], tuple[str, Line]]:
    """Return standing demand lines by (canteen, day, food), each with its menu; a menu's days are its own."""
    wanted = {"canteens": sorted(canteen_ids), "days": sorted(days), "foods": sorted(foods)}
    rows = (await session.execute(_AT, wanted)).all()
    return {(row.canteen_id, row.delivery_day, row.food_code): (row.menu_id, line_of(row[2:])) for row in rows}


async def save_progress(session: Session, changed: Sequence[tuple[str, Line]]) -> None:
    """Write down how far demand lines have got."""
    rows = [
        {"menu": menu_id, "day": now.delivery_day, "food": now.food_code}
        | {name: getattr(now, name) for name in _PROGRESS}
        for menu_id, now in changed
    ]
    if rows:
        await session.execute(_ADVANCE, rows)


async def insert_menu(uow: UnitOfWork, new: Menu) -> bool:
    """Insert a menu; False when the canteen has one for that week."""
    values = {name: getattr(new, name) for name in _MENU_FIELDS} | {"status": new.status.value}
    statement = insert_into(uow, menu).values(values).on_conflict_do_nothing().returning(menu.c.menu_id)
    return await uow.session.scalar(statement) is not None


async def update_menu(session: Session, changed: Menu) -> None:
    """Write down a menu's new version and status."""
    values = {"version": changed.version, "status": changed.status.value, "from_day": changed.from_day}
    await session.execute(update(menu).where(menu.c.menu_id == changed.menu_id).values(values))


async def insert_version(
    session: Session,
    of: Menu,
    change: Change,
    reason: str,
    at: datetime,
    meals: Sequence[Planned],
    demand: Sequence[Demand],
    prices: Mapping[str, Sequence[Any]] | None = None,
) -> None:
    """Keep what is told under a menu's present version, and the prices it was told at."""
    told = [one.model_dump(mode="json") for one in demand]
    key: Mapping[str, Any] = {"menu_id": of.menu_id, "version": of.version}
    row = {**key, "change": change.value, "reason": reason, "told_at": at, "demand": told, "prices": prices}
    await session.execute(insert(menu_version), row)
    rows = [
        {
            **key,
            "day": meal.day,
            "meal": meal.meal.value,
            "headcount": meal.headcount,
            "headcounts": {band.value: n for band, n in meal.headcounts.items()},
            "dishes": [list(dish) for dish in meal.dishes],
            "planned_g": dict(meal.planned_g),
        }
        for meal in meals
    ]
    if rows:
        await session.execute(insert(menu_meal), rows)


async def insert_lines(session: Session, of: Menu, demand: Sequence[Line]) -> None:
    """Insert demand lines of a menu."""
    rows = [(of.menu_id, of.canteen_id, one.reserved_g, *_values(one)) for one in demand]
    # A week has some eighty lines, and PostgreSQL looks at each statement's policies anew.
    await session.fill(line, ("menu_id", "canteen_id", "reserved_g", *_LINE_FIELDS), rows)


def _values(of: Line) -> Iterator[Any]:
    for name in _LINE_FIELDS:
        value = getattr(of, name)
        yield value.value if name == "temperature_class" else value


async def delete_lines(session: Session, menu_id: str, since: date) -> None:
    """Delete a menu's demand lines from a day on; what they reserved is free."""
    await session.execute(delete(line).where(line.c.menu_id == menu_id, line.c.delivery_day >= since))
