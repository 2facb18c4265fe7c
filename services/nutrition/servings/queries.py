"""SQL of the meals served. Whoever changes one holds the lock on its canteen's row."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from services.nutrition.canteens import queries as canteens
from services.nutrition.canteens.queries import canteen, lies_in
from services.nutrition.menus.domain import Menu
from services.nutrition.servings.models import MealCorrection, MealLot, ServedMeal
from services.nutrition.stocks.domain import Taken
from services.nutrition.tables import table_of
from shared.auth.finding import finder
from shared.database import Session
from shared.errors import NotFound
from shared.fields import Meal
from shared.prepared import Prepared, among, listed
from shared.unit_of_work import UnitOfWork

served, meal_lot, correction = (table_of(model) for model in (ServedMeal, MealLot, MealCorrection))
tenants_of = finder(served.c.meal_id, canteen=served.c.canteen_id)
_FIND = select(served).where(served.c.meal_id == bindparam("meal_id"))
_OF_MENUS = Prepared(
    lambda dialect: select(served.c.menu_id, served.c.day, served.c.meal, served.c.meal_id).where(
        among(dialect, served.c.canteen_id, "canteens"),
        served.c.day.between(bindparam("first"), bindparam("last")),
        among(dialect, served.c.menu_id, "menus"),
        served.c.headcount > 0,
    )
)
_KEEP = insert(served)
_KEEP_LOTS = insert(meal_lot)


async def find(session: Session, meal_id: str) -> Row[Any] | None:
    """Return a meal that was served, None when it was not."""
    row: Row[Any] | None = (await session.execute(_FIND, {"meal_id": meal_id})).first()
    return row


async def one(session: Session, meal_id: str, field: str | None = None) -> Row[Any]:
    """Return a meal that was served; NotFound names the id, and the field it was asked for in."""
    row = await find(session, meal_id)
    if row is None:
        raise NotFound("meal", meal_id, field=field)
    return row


async def one_locked(session: Session, meal_id: str) -> Row[Any]:
    """Return a meal that was served, behind its canteen's lock; NotFound names the id.

    A number that is corrected at the same moment finds what is said of the meal then, or is found.
    """
    await canteens.lock_all(session, [(await one(session, meal_id)).canteen_id])
    return await one(session, meal_id)


async def of_menus(uow: UnitOfWork, menus: Collection[Menu]) -> dict[str, dict[tuple[date, Meal], str]]:
    """Return the meals on record that menus planned: their ids by menu, day and meal; none that never took place."""
    found: dict[str, dict[tuple[date, Meal], str]] = {menu.menu_id: {} for menu in menus}
    if not menus:
        return found
    mondays = [menu.week_start for menu in menus]
    wanted = {
        "canteens": listed(uow.dialect, {menu.canteen_id for menu in menus}),
        "first": min(mondays),
        "last": max(mondays) + timedelta(days=6),
        "menus": listed(uow.dialect, found),
    }
    for menu_id, day, meal, meal_id in await uow.session.run(_OF_MENUS, wanted):
        found[menu_id][day, Meal(meal)] = meal_id
    return found


async def by_ids(session: Session, meal_ids: Collection[str]) -> dict[str, Row[Any]]:
    """Return those of the meals that were served, by id."""
    rows = (await session.execute(select(served).where(served.c.meal_id.in_(sorted(meal_ids))))).all()
    return {row.meal_id: row for row in rows}


async def keep(session: Session, row: Mapping[str, Any], taken: Sequence[Taken]) -> None:
    """Insert a meal that was served, and what it took of known lots."""
    await session.execute(_KEEP, row)
    await _keep_lots(session, row["meal_id"], taken)


async def _keep_lots(session: Session, meal_id: str, taken: Sequence[Taken]) -> None:
    lots = [
        {"meal_id": meal_id, "food_code": one.food_code, "lot_id": one.lot_id, "quantity_g": one.quantity_g}
        for one in taken
        if one.lot_id
    ]
    if lots:
        await session.execute(_KEEP_LOTS, lots)


async def correct(
    session: Session, meal_id: str, values: Mapping[str, Any], taken: Sequence[Taken], why: Mapping[str, Any]
) -> None:
    """Write down a meal's new version, what it took, and what stood before."""
    await session.execute(update(served).where(served.c.meal_id == meal_id).values(values))
    now = {(one.food_code, one.lot_id) for one in taken}
    mine = select(meal_lot.c.food_code, meal_lot.c.lot_id).where(meal_lot.c.meal_id == meal_id)
    no_more = [(food, lot) for food, lot in (await session.execute(mine)).all() if (food, lot) not in now]
    await session.execute(delete(meal_lot).where(meal_lot.c.meal_id == meal_id))
    await _keep_lots(session, meal_id, [*taken, *(Taken(food, lot, 0) for food, lot in no_more)])
    await session.execute(insert(correction), {"meal_id": meal_id, **why})


async def corrections(session: Session, meal_id: str) -> Sequence[Row[Any]]:
    """Return why a meal was corrected, first to last."""
    wanted = select(correction).where(correction.c.meal_id == meal_id).order_by(correction.c.version)
    return list((await session.execute(wanted)).all())


async def page(
    session: Session,
    limit: int,
    after: str | None,
    canteen_id: str | None,
    county_code: str | None,
    day: date | None,
) -> Sequence[Row[Any]]:
    """Return meals ordered by id, of a canteen, a county, a day or all."""
    statement = select(served).order_by(served.c.meal_id).limit(limit)
    if canteen_id is not None:
        statement = statement.where(served.c.canteen_id == canteen_id)
    if county_code is not None:
        statement = statement.where(lies_in(served.c.canteen_id, county_code))
    if day is not None:
        statement = statement.where(served.c.day == day)
    if after is not None:
        statement = statement.where(served.c.meal_id > after)
    return list((await session.execute(statement)).all())


async def of_days(
    session: Session, first: date, last: date, canteen_id: str | None, county_code: str | None
) -> Sequence[Row[Any]]:
    """Return (meal_id, canteen_id, day, meal, dish_codes) of meals between two days, of a canteen or a county.

    Those that turned out never to have taken place are left out.
    """
    columns = (served.c.meal_id, served.c.canteen_id, served.c.day, served.c.meal, served.c.dish_codes)
    statement = select(*columns).where(served.c.day.between(first, last), served.c.headcount > 0)
    if canteen_id is not None:
        statement = statement.where(served.c.canteen_id == canteen_id)
    if county_code is not None:
        joined = served.join(canteen, canteen.c.canteen_id == served.c.canteen_id)
        statement = statement.select_from(joined).where(canteen.c.county_code == county_code)
    ordered = statement.order_by(served.c.day, served.c.canteen_id, served.c.meal)
    return list((await session.execute(ordered)).all())
