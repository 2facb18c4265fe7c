"""SQL of the trace graph."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    union_all,
)

from services.logistics.coldchain.models import ColdChainAlarm
from services.logistics.consignments.models import Consignment, ConsignmentLot
from services.logistics.consignments.rides import ride
from services.logistics.fleet.models import Vehicle
from services.logistics.places.models import Place
from services.logistics.recalls.models import Recall
from services.logistics.receipts.models import Receipt
from services.logistics.tables import insert_into, table_of
from services.logistics.tracing.lineage import descendants
from services.logistics.tracing.models import Lot, MealFood, ServedMeal
from services.logistics.tracking.models import Point
from services.logistics.trips.models import Trip
from shared.unit_of_work import UnitOfWork

lot = table_of(Lot)
meal = table_of(ServedMeal)
food = table_of(MealFood)
consignment = table_of(Consignment)
share = table_of(ConsignmentLot)
receipt = table_of(Receipt)
recall = table_of(Recall)
trip = table_of(Trip)
vehicle = table_of(Vehicle)
place = table_of(Place)
point = table_of(Point)
alarm = table_of(ColdChainAlarm)

SENT = consignment.c.status != literal("cancelled", literal_execute=True)
"""What was not called off. Written out: of a parameter PostgreSQL plans for the rarest status, and reads a county's
year of consignments once for each order of a lot."""
BROUGHT = SENT & (consignment.c.status != literal("given_up", literal_execute=True))
"""What a school got or is to get: what nothing could bring was packed for it, and never came."""


async def add_lots(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Insert lots; those known already stay as they are."""
    await uow.session.execute(insert_into(uow, lot).on_conflict_do_nothing(), list(rows))


async def known_lots(uow: UnitOfWork, lots: Collection[str]) -> set[str]:
    """Return those of the lots that are known."""
    if not lots:
        return set()
    return set((await uow.session.scalars(select(lot.c.lot_id).where(lot.c.lot_id.in_(sorted(lots))))).all())


async def put_meals(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Insert meals, or replace those known in a lower version; return those that say something new."""
    statement = insert_into(uow, meal)
    told = {column.name: statement.excluded[column.name] for column in meal.c if not column.primary_key}
    newer = statement.on_conflict_do_update(
        index_elements=[meal.c.meal_id], set_=told, where=meal.c.version < statement.excluded.version
    )
    return set((await uow.session.scalars(newer.returning(meal.c.meal_id), list(rows))).all())


async def put_foods(uow: UnitOfWork, rows: Sequence[dict[str, Any]], corrected: Sequence[str]) -> None:
    """Insert what meals were cooked from; for those corrected it replaces what was told before."""
    if corrected:
        await uow.session.execute(delete(food).where(food.c.meal_id.in_(corrected)))
    if rows:
        await uow.session.execute(insert(food), list(rows))


async def lot_by_id(uow: UnitOfWork, lot_id: str) -> Any | None:
    """Return a lot's row, None when there is none."""
    return (await uow.session.execute(select(lot).where(lot.c.lot_id == lot_id))).first()


async def meal_by_id(uow: UnitOfWork, meal_id: str) -> Any | None:
    """Return a meal's row, None when there is none."""
    return (await uow.session.execute(select(meal).where(meal.c.meal_id == meal_id))).first()


async def foods_of(uow: UnitOfWork, meal_id: str) -> list[Any]:
    """Return (food_code, lot_id, quantity_g) of a meal, summed, ordered by food and lot."""
    statement = select(food.c.food_code, food.c.lot_id, grams(food.c.quantity_g).label("quantity_g"))
    statement = statement.where(food.c.meal_id == meal_id).group_by(food.c.food_code, food.c.lot_id)
    return list((await uow.session.execute(statement.order_by(food.c.food_code, food.c.lot_id))).all())


async def described_lots(uow: UnitOfWork, lots: Collection[str]) -> list[Any]:
    """Return lots with their cooperative's names and whether they are recalled, ordered by id."""
    grower = and_(place.c.kind == "cooperative", place.c.place_id == lot.c.cooperative_id)
    statement = (
        select(
            lot,
            place.c.name_zh.label("cooperative_name_zh"),
            place.c.name_en.label("cooperative_name_en"),
            recall.c.recall_id.is_not(None).label("recalled"),
        )
        .outerjoin(place, grower)
        .outerjoin(recall, recall.c.lot_id == lot.c.lot_id)
        .where(lot.c.lot_id.in_(sorted(lots)))
    )
    return list((await uow.session.execute(statement.order_by(lot.c.lot_id))).all())


async def deliveries_of(uow: UnitOfWork, lots: Collection[str], canteen_id: str, until: date) -> list[Any]:
    """Return what was packed of the lots for a school up to a day, by lot and order, with receipt and trip."""
    packed = _packed_of(share.c.lot_id.in_(sorted(lots))).subquery()
    statement = (
        select(
            packed,
            consignment.c.delivery_day,
            consignment.c.arrived_at,
            receipt.c.receipt_id,
            trip.c.trip_id,
            trip.c.vehicle_id,
            trip.c.departed_at,
            vehicle.c.plate,
        )
        .join(consignment, consignment.c.order_id == packed.c.order_id)
        .outerjoin(receipt, receipt.c.order_id == packed.c.order_id)
        .outerjoin(trip, trip.c.trip_id == consignment.c.trip_id)
        .outerjoin(vehicle, vehicle.c.vehicle_id == trip.c.vehicle_id)
        .where(consignment.c.canteen_id == canteen_id, consignment.c.delivery_day <= until)
        .where(BROUGHT)
    )
    return list((await uow.session.execute(statement.order_by(consignment.c.delivery_day, packed.c.order_id))).all())


def _aboard(orders: Collection[str]) -> Subquery:
    """Return on which trips orders were on board, from when until when: the present one, and those before."""
    mine = sorted(orders)
    present = select(
        consignment.c.order_id,
        consignment.c.trip_id,
        consignment.c.loaded_at,
        consignment.c.arrived_at.label("left_at"),
    ).where(consignment.c.order_id.in_(mine), consignment.c.loaded_at.is_not(None))
    before = select(ride.c.order_id, ride.c.trip_id, ride.c.loaded_at, ride.c.left_at).where(ride.c.order_id.in_(mine))
    return union_all(present, before).subquery("aboard")


async def temperatures_of(uow: UnitOfWork, orders: Collection[str]) -> dict[str, dict[str, tuple[float, float]]]:
    """Return the lowest and highest temperature measured while orders were on board, in °C, by order and trip."""
    if not orders:
        return {}
    aboard = _aboard(orders)
    # A trip's readings lie in its day.
    of_trip = and_(trip.c.trip_id == point.c.trip_id, trip.c.day == point.c.day)
    statement = (
        select(aboard.c.order_id, aboard.c.trip_id, func.min(point.c.temperature_c), func.max(point.c.temperature_c))
        .select_from(aboard)
        .join(trip, trip.c.trip_id == aboard.c.trip_id)
        .join(point, of_trip)
        .where(point.c.temperature_c.is_not(None), point.c.at >= aboard.c.loaded_at)
        .where(or_(aboard.c.left_at.is_(None), point.c.at <= aboard.c.left_at))
        .group_by(aboard.c.order_id, aboard.c.trip_id)
    )
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for order_id, trip_id, low, high in (await uow.session.execute(statement)).all():
        found.setdefault(order_id, {})[trip_id] = (low, high)
    return found


async def broken_orders(uow: UnitOfWork, orders: Collection[str]) -> set[str]:
    """Return those of the orders that were on board while the cold chain was broken."""
    if not orders:
        return set()
    aboard = _aboard(orders)
    statement = select(aboard.c.order_id).join(alarm, alarm.c.trip_id == aboard.c.trip_id)
    meanwhile = (
        or_(aboard.c.left_at.is_(None), alarm.c.since <= aboard.c.left_at),
        or_(alarm.c.until.is_(None), alarm.c.until >= aboard.c.loaded_at),
    )
    return set((await uow.session.scalars(statement.where(alarm.c.kind == "outside", *meanwhile).distinct())).all())


async def orders_from(uow: UnitOfWork, lot_id: str, limit: int, only: Collection[str] | None = None) -> list[Any]:
    """Return the orders packed from a lot, or those of `only` these schools, with that lot's grams, ordered by id."""
    packed = _packed_of(share.c.lot_id == lot_id).subquery()
    statement = (
        select(
            packed.c.order_id,
            packed.c.dispatched_g,
            packed.c.accepted_g,
            consignment.c.canteen_id,
            consignment.c.delivery_day,
            consignment.c.status,
            consignment.c.dispatched_at,
            consignment.c.trip_id,
            receipt.c.receipt_id,
        )
        .join(consignment, consignment.c.order_id == packed.c.order_id)
        .outerjoin(receipt, receipt.c.order_id == packed.c.order_id)
        .where(of_schools(consignment.c.canteen_id, only))
        .order_by(packed.c.order_id)
        .limit(limit)
    )
    return list((await uow.session.execute(statement)).all())


async def meals_from(uow: UnitOfWork, lot_id: str, limit: int, only: Collection[str] | None = None) -> list[Any]:
    """Return the meals cooked from a lot, or those of `only` these schools, with that lot's grams, ordered by id."""
    used = _used_of(food.c.lot_id == lot_id).subquery()
    statement = select(
        used.c.meal_id,
        used.c.quantity_g,
        meal.c.canteen_id,
        meal.c.day,
        meal.c.meal,
        meal.c.headcount,
    ).join(meal, meal.c.meal_id == used.c.meal_id)
    mine = statement.where(of_schools(meal.c.canteen_id, only))
    return list((await uow.session.execute(mine.order_by(used.c.meal_id).limit(limit))).all())


def of_schools(column: ColumnElement[Any], only: Collection[str] | None) -> ColumnElement[bool]:
    """Return the condition that a column names one of these schools; None: any."""
    return true() if only is None else column.in_(sorted(only))


async def delivered_by_school(uow: UnitOfWork, lot_id: str, *, made: bool = False) -> dict[str, Any]:
    """Return (orders, dispatched_g, accepted_g) of a lot, or of it and all `made` of it, by school."""
    packed = _packed_of(_of_lot(share.c.lot_id, lot_id, made)).subquery()
    statement = (
        select(
            consignment.c.canteen_id,
            func.count(packed.c.order_id.distinct()).label("orders"),
            grams(packed.c.dispatched_g).label("dispatched_g"),
            grams(packed.c.accepted_g).label("accepted_g"),
        )
        .join(consignment, consignment.c.order_id == packed.c.order_id)
        .where(BROUGHT)
        .group_by(consignment.c.canteen_id)
    )
    return {row.canteen_id: row for row in (await uow.session.execute(statement)).all()}


async def served_by_school(uow: UnitOfWork, lot_id: str, *, made: bool = False) -> dict[str, Any]:
    """Return (meals, headcount, served_g) of a lot, or it and all `made` of it, by school."""
    used = _used_of(_of_lot(food.c.lot_id, lot_id, made)).subquery()
    statement = (
        select(
            meal.c.canteen_id,
            func.count().label("meals"),
            func.sum(meal.c.headcount).label("headcount"),
            grams(used.c.quantity_g).label("served_g"),
        )
        .join(meal, meal.c.meal_id == used.c.meal_id)
        .group_by(meal.c.canteen_id)
    )
    return {row.canteen_id: row for row in (await uow.session.execute(statement)).all()}


def _of_lot(column: ColumnElement[Any], lot_id: str, made: bool) -> ColumnElement[bool]:
    return column.in_(select(descendants([lot_id]).c.lot_id)) if made else column == lot_id


def grams(column: ColumnElement[Any]) -> ColumnElement[int]:
    """Return a sum of grams as an integer: PostgreSQL sums bigint to numeric."""
    return cast(func.sum(column), BigInteger)


def _packed_of(which: ColumnElement[bool]) -> Select[Any]:
    """Grams of lots by order: an order may hold a lot in several lines."""
    return (
        select(
            share.c.order_id,
            share.c.lot_id,
            grams(share.c.dispatched_g).label("dispatched_g"),
            grams(share.c.accepted_g).label("accepted_g"),
        )
        .where(which)
        .group_by(share.c.order_id, share.c.lot_id)
    )


def _used_of(which: ColumnElement[bool]) -> Select[Any]:
    """Grams of lots by meal: a meal may use a lot for several dishes."""
    statement = select(food.c.meal_id, grams(food.c.quantity_g).label("quantity_g"))
    return statement.where(which).group_by(food.c.meal_id)
