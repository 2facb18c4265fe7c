"""SQL of EPCIS documents: which lots, orders and meals a question is about, and what is known of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union

from services.logistics.consignments.models import Consignment, ConsignmentLine, ConsignmentLot
from services.logistics.consignments.rides import ride
from services.logistics.epcis.domain import (
    Cooking,
    Graph,
    MadeLot,
    OrderedLine,
    Reception,
    Ride,
    Share,
    Shipment,
    Used,
    WeighedLine,
)
from services.logistics.receipts.models import Receipt, ReceiptVersion
from services.logistics.tables import table_of
from services.logistics.tracing.lineage import ancestors, descendants
from services.logistics.tracing.models import Lot, LotParent, MealFood, ServedMeal
from services.logistics.tracing.queries import SENT, temperatures_of
from services.logistics.trips.models import Trip
from shared.unit_of_work import UnitOfWork

lot, parent = table_of(Lot), table_of(LotParent)
meal, food = table_of(ServedMeal), table_of(MealFood)
consignment, line, share = table_of(Consignment), table_of(ConsignmentLine), table_of(ConsignmentLot)
receipt, version = table_of(Receipt), table_of(ReceiptVersion)
trip = table_of(Trip)

KINDS = ("lots", "orders", "meals")
_PACKED = (consignment.c.dispatched_at.is_not(None), SENT)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is about: one SELECT of ids for each kind."""

    lots: Select[Any]
    orders: Select[Any]
    meals: Select[Any]


def of_lot(lot_id: str) -> Scope:
    """Everything connected with a lot: what it was made of, what was made of it, its orders and meals."""
    before, after = ancestors([lot_id]), descendants([lot_id])
    reached = select(after.c.lot_id)
    lots = union(select(before.c.lot_id), reached).subquery()
    held = select(share.c.order_id).where(share.c.lot_id.in_(reached))
    return Scope(
        select(lot.c.lot_id).where(lot.c.lot_id.in_(select(lots.c.lot_id))),
        select(consignment.c.order_id).where(consignment.c.order_id.in_(held), *_PACKED),
        select(meal.c.meal_id).where(meal.c.meal_id.in_(select(food.c.meal_id).where(food.c.lot_id.in_(reached)))),
    )


def of_school(canteen_id: str, day: date) -> Scope:
    """The meals of a school's day, what was delivered that day, and the lots of both with what they were made of."""
    mine = (meal.c.canteen_id == canteen_id, meal.c.day == day)
    came = (consignment.c.canteen_id == canteen_id, consignment.c.delivery_day == day, *_PACKED)
    cooked = select(food.c.lot_id).join(meal, meal.c.meal_id == food.c.meal_id).where(*mine, food.c.lot_id.is_not(None))
    brought = select(share.c.lot_id).join(consignment, consignment.c.order_id == share.c.order_id).where(*came)
    lots = ancestors(union(cooked, brought))
    return Scope(
        select(lot.c.lot_id).where(lot.c.lot_id.in_(select(lots.c.lot_id))),
        select(consignment.c.order_id).where(*came),
        select(meal.c.meal_id).where(*mine),
    )


def of_period(first: date, last: date) -> Scope:
    """What was harvested, delivered and served from a day to a day."""
    return Scope(
        select(lot.c.lot_id).where(lot.c.harvest_day.between(first, last)),
        select(consignment.c.order_id).where(consignment.c.delivery_day.between(first, last), *_PACKED),
        select(meal.c.meal_id).where(meal.c.day.between(first, last)),
    )


async def ids_of(uow: UnitOfWork, scope: Scope, after: tuple[str, str] | None, limit: int) -> list[tuple[str, str]]:
    """Return up to `limit` (kind, id) after a place: lots, then orders, then meals, each by id."""
    found: list[tuple[str, str]] = []
    for kind in KINDS[KINDS.index(after[0]) if after else 0 :]:
        statement: Select[Any] = getattr(scope, kind)
        (column,) = statement.selected_columns
        if after and after[0] == kind:
            statement = statement.where(column > after[1])
        ids = await uow.session.scalars(statement.order_by(column).limit(limit - len(found)))
        found += [(kind, each) for each in ids.all()]
        if len(found) == limit:
            break
    return found


async def graph_of(
    uow: UnitOfWork, lots: Collection[str] = (), orders: Collection[str] = (), meals: Collection[str] = ()
) -> Graph:
    """Return what is known of lots, packed orders and meals."""
    packed = await _shipments(uow, orders)
    return Graph(
        lots=await _lots(uow, lots),
        shipments=packed,
        rides=await _rides(uow, packed),
        receptions=await _receptions(uow, packed),
        meals=await _meals(uow, meals),
    )


async def _lots(uow: UnitOfWork, lots: Collection[str]) -> dict[str, MadeLot]:
    if not lots:
        return {}
    parents: dict[str, list[tuple[str, int]]] = defaultdict(list)
    of = select(parent).where(parent.c.lot_id.in_(sorted(lots))).order_by(parent.c.lot_id, parent.c.parent_id)
    for row in (await uow.session.execute(of)).all():
        parents[row.lot_id].append((row.parent_id, row.quantity_g))
    rows = await uow.session.execute(select(lot).where(lot.c.lot_id.in_(sorted(lots))).order_by(lot.c.lot_id))
    return {row.lot_id: MadeLot(**row._mapping, parents=tuple(parents[row.lot_id])) for row in rows.all()}


async def _shipments(uow: UnitOfWork, orders: Collection[str]) -> dict[str, Shipment]:
    if not orders:
        return {}
    mine = sorted(orders)
    lines: dict[str, list[OrderedLine]] = defaultdict(list)
    of = select(line).where(line.c.order_id.in_(mine)).order_by(line.c.order_id, line.c.line_id)
    for row in (await uow.session.execute(of)).all():
        kept = {name: getattr(row, name) for name in OrderedLine.__slots__}
        lines[row.order_id].append(OrderedLine(**kept))
    shares = await _shares(uow, mine, "dispatched_g")
    known = select(consignment).where(consignment.c.order_id.in_(mine), *_PACKED).order_by(consignment.c.order_id)
    return {
        row.order_id: Shipment(
            order_id=row.order_id,
            version=row.version,
            canteen_id=row.canteen_id,
            cooperative_id=row.cooperative_id,
            county_code=row.county_code,
            delivery_day=row.delivery_day,
            packed_at=row.dispatched_at,
            lines=tuple(lines[row.order_id]),
            shares=tuple(shares.get(row.order_id, ())),
        )
        for row in (await uow.session.execute(known)).all()
    }


async def _shares(uow: UnitOfWork, orders: Collection[str], column: str) -> dict[str, list[Share]]:
    found: dict[str, list[Share]] = defaultdict(list)
    of = select(share).where(share.c.order_id.in_(sorted(orders)), share.c[column] > 0)
    for row in (await uow.session.execute(of.order_by(share.c.order_id, share.c.line_id, share.c.lot_id))).all():
        found[row.order_id].append(Share(row.line_id, row.lot_id, getattr(row, column)))
    return found


async def _rides(uow: UnitOfWork, packed: Mapping[str, Shipment]) -> dict[str, list[Ride]]:
    if not packed:
        return {}
    until = func.coalesce(consignment.c.arrived_at, trip.c.departed_at).label("until")
    last = select(consignment.c.order_id, trip.c.trip_id, trip.c.departed_at, until)
    last = last.join(trip, trip.c.trip_id == consignment.c.trip_id)
    before = select(ride.c.order_id, trip.c.trip_id, trip.c.departed_at, ride.c.left_at.label("until"))
    before = before.join(trip, trip.c.trip_id == ride.c.trip_id)
    rows = [
        *(await uow.session.execute(_departed(before, ride.c.order_id, packed))).all(),
        *(await uow.session.execute(_departed(last, consignment.c.order_id, packed))).all(),
    ]
    measured = await temperatures_of(uow, packed)
    found: dict[str, list[Ride]] = defaultdict(list)
    for row in rows:
        lowest_c, highest_c = measured.get(row.order_id, {}).get(row.trip_id, (None, None))
        origin = None if row.order_id in found else packed[row.order_id].cooperative_id
        found[row.order_id].append(
            Ride(row.order_id, row.trip_id, origin, row.departed_at, row.until, lowest_c, highest_c)
        )
    return found


def _departed(rides: Select[Any], order: ColumnElement[str], packed: Collection[str]) -> Select[Any]:
    """Return the rides of orders by trips that have departed, the first of each order first."""
    return rides.where(order.in_(sorted(packed)), trip.c.departed_at.is_not(None)).order_by(order, trip.c.departed_at)


async def _receptions(uow: UnitOfWork, packed: Mapping[str, Shipment]) -> dict[str, Reception]:
    if not packed:
        return {}
    signed = (version.c.receipt_id == receipt.c.receipt_id) & (version.c.version == receipt.c.version)
    statement = select(receipt, version.c.lines).join(version, signed)
    statement = statement.where(receipt.c.order_id.in_(sorted(packed))).order_by(receipt.c.order_id)
    shares = await _shares(uow, packed, "accepted_g")
    return {
        row.order_id: Reception(
            order_id=row.order_id,
            receipt_id=row.receipt_id,
            version=row.version,
            canteen_id=row.canteen_id,
            signed_at=row.signed_at,
            lines=tuple(WeighedLine(**{name: said[name] for name in WeighedLine.__slots__}) for said in row.lines),
            shares=tuple(shares.get(row.order_id, ())),
        )
        for row in (await uow.session.execute(statement)).all()
    }


async def _meals(uow: UnitOfWork, meals: Collection[str]) -> dict[str, Cooking]:
    if not meals:
        return {}
    used: dict[str, list[Used]] = defaultdict(list)
    of = select(food).where(food.c.meal_id.in_(sorted(meals))).order_by(food.c.meal_id, food.c.position)
    for row in (await uow.session.execute(of)).all():
        used[row.meal_id].append(Used(row.food_code, row.lot_id, row.quantity_g))
    rows = await uow.session.execute(select(meal).where(meal.c.meal_id.in_(sorted(meals))).order_by(meal.c.meal_id))
    return {
        row.meal_id: Cooking(
            **(dict(row._mapping) | {"dish_codes": tuple(row.dish_codes)}), used=tuple(used[row.meal_id])
        )
        for row in rows.all()
    }
