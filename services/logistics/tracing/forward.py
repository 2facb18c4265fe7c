"""From a lot forward to orders, schools and meals: what a recall must reach."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from services.logistics.consignments.domain import shown_status
from services.logistics.places import queries as places
from services.logistics.tracing import lineage, queries, samples
from services.logistics.tracing.schemas import (
    LotForward,
    LotLinked,
    LotRead,
    MealReached,
    OrderReached,
    Reach,
    SampleFound,
    SchoolReached,
)
from shared.errors import NotFound
from shared.unit_of_work import UnitOfWork

LISTED = 1000


async def trace_lot(
    uow: UnitOfWork,
    lot_id: str,
    schools: Sequence[SchoolReached] | None = None,
    only: Collection[str] | None = None,
) -> LotForward:
    """Return where a lot went; NotFound names the id. `schools` are those it reached, where somebody has asked.

    `only` leaves out what is of other schools, and the lots it was made of and into.
    """
    described = await queries.described_lots(uow, [lot_id])
    if not described:
        raise NotFound("lot", lot_id, field="lot_id")
    if schools is None:
        schools = await schools_reached(uow, lot_id, only=only)
    parents, made_into = await lineage.parents_of(uow, lot_id), await lineage.made_of(uow, [lot_id])
    everywhere = await schools_reached(uow, lot_id, made=True, only=only) if made_into else schools
    if only is not None:
        parents, made_into = [], []
    return LotForward(
        lot=LotRead(**described[0]._mapping),
        made_of=[LotLinked(**row._mapping) for row in parents],
        made_into=[LotLinked(lot_id=row.lot_id, quantity_g=row.quantity_g) for row in made_into],
        totals=_totals(schools),
        totals_with_made=_totals(everywhere),
        schools=list(schools[:LISTED]),
        orders=[_order(row) for row in await queries.orders_from(uow, lot_id, LISTED, only)],
        meals=[MealReached(**row._mapping) for row in await queries.meals_from(uow, lot_id, LISTED, only)],
        samples=[SampleFound(**row._mapping) for row in await samples.of_lot(uow, lot_id, LISTED, only)],
    )


async def schools_reached(
    uow: UnitOfWork, lot_id: str, *, made: bool = False, only: Collection[str] | None = None
) -> list[SchoolReached]:
    """Return every school that got of a lot, or cooked of it, by id, or `only` those; with `made` also of all that was
    made of it."""
    delivered = await queries.delivered_by_school(uow, lot_id, made=made)
    served = await queries.served_by_school(uow, lot_id, made=made)
    canteens = sorted(one for one in delivered.keys() | served.keys() if only is None or one in only)
    known = await places.places_of(uow, map(places.canteen_key, canteens))
    return [_school(one, known.get(places.canteen_key(one)), delivered, served) for one in canteens]


def _school(canteen_id: str, place: Any, delivered: Mapping[str, Any], served: Mapping[str, Any]) -> SchoolReached:
    came, eaten = delivered.get(canteen_id), served.get(canteen_id)
    return SchoolReached(
        canteen_id=canteen_id,
        name_zh=place.name_zh if place else None,
        name_en=place.name_en if place else None,
        orders=came.orders if came else 0,
        dispatched_g=came.dispatched_g if came else 0,
        accepted_g=came.accepted_g if came else 0,
        meals=eaten.meals if eaten else 0,
        headcount=eaten.headcount if eaten else 0,
        served_g=eaten.served_g if eaten else 0,
    )


def _totals(schools: Sequence[SchoolReached]) -> Reach:
    return Reach(
        schools=len(schools),
        orders=sum(school.orders for school in schools),
        meals=sum(school.meals for school in schools),
        headcount=sum(school.headcount for school in schools),
        dispatched_g=sum(school.dispatched_g for school in schools),
        accepted_g=sum(school.accepted_g for school in schools),
        served_g=sum(school.served_g for school in schools),
    )


def _order(row: Any) -> OrderReached:
    status = shown_status(row.status, packed=row.dispatched_at is not None)
    names = [name for name in OrderReached.model_fields if name != "status"]
    return OrderReached(status=status, **{name: getattr(row, name) for name in names})
