"""All SQL of freight."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from sqlalchemy import func, insert, select, update

from services.procurement.freight.domain import Freight, Trip
from services.procurement.freight.models import freight
from services.procurement.freight.models import trip as trip_table
from services.procurement.orders import queries as orders
from services.procurement.rows import in_order, row_of
from services.procurement.tables import insert_into
from shared.auth.principal import Kind, Tenants
from shared.database import Session
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_NAMES = [field.name for field in fields(Freight)]
_COLUMNS = [freight.c[name] for name in _NAMES]
_TRIP_NAMES = [field.name for field in fields(Trip)]
_TRIP = [trip_table.c[name] for name in _TRIP_NAMES]


async def tenants_of(uow: UnitOfWork, trip_ids: Sequence[str]) -> dict[str, Tenants]:
    """Return whose trips are: theirs whose orders they carried."""
    carried: dict[str, list[str]] = {}
    of_trip = (trip_table.c.trip_id, trip_table.c.order_ids)
    for ids in in_order(trip_ids):
        rows = await uow.session.execute(select(*of_trip).where(trip_table.c.trip_id.in_(ids)))
        carried |= {row[0]: list(row[1]) for row in rows}
    owners = await orders.tenants_of(uow, [order_id for ids in carried.values() for order_id in ids])
    found = {}
    for trip_id, order_ids in carried.items():
        on_board = [owners[order_id] for order_id in order_ids if order_id in owners]
        found[trip_id] = Tenants(*(_all_of(kind, on_board) for kind in (Kind.COUNTY, Kind.CANTEEN, Kind.COOPERATIVE)))
    return found


def _all_of(kind: Kind, owners: Iterable[Tenants]) -> frozenset[str]:
    return frozenset(each for owner in owners for each in owner.ids(kind))


async def one(session: Session, freight_id: str) -> Freight | None:
    """Return what was booked, None when it was not."""
    row = (await session.execute(select(*_COLUMNS).where(freight.c.freight_id == freight_id))).one_or_none()
    return None if row is None else Freight(*row)


async def add(session: Session, booked: Sequence[Freight]) -> None:
    """Add what was booked."""
    if booked:
        await session.execute(insert(freight), [row_of(each, _NAMES, freight_id=each.freight_id) for each in booked])


async def page(session: Session, paging: Paging, wanted: Mapping[str, str | None]) -> list[Freight]:
    """Return a page of freight (one more than asked for), by id."""
    statement = select(*_COLUMNS).order_by(freight.c.freight_id).limit(paging.limit + 1)
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(freight.c[name] == value)
    if paging.after is not None:
        statement = statement.where(freight.c.freight_id > paging.after)
    return [Freight(*row) for row in await session.execute(statement)]


async def add_trips(uow: UnitOfWork, trips: Sequence[Trip]) -> None:
    """Add trips that departed; one that is known stays as it is."""
    rows = [row_of(one, _TRIP_NAMES, order_ids=list(one.order_ids)) for one in trips]
    await uow.session.execute(insert_into(uow, trip_table).on_conflict_do_nothing(), rows)


async def lock_trips(session: Session, trip_ids: Iterable[str]) -> dict[str, Trip]:
    """Lock those of these trips that departed, in the order of their ids, and return them."""
    found: dict[str, Trip] = {}
    for ids in in_order(trip_ids):
        statement = select(*_TRIP).where(trip_table.c.trip_id.in_(ids)).order_by(trip_table.c.trip_id)
        found |= {row[0]: Trip(*row) for row in await session.execute(statement.with_for_update())}
    return found


async def trip(session: Session, trip_id: str) -> Trip | None:
    """Return a trip, None when it has not departed."""
    row = (await session.execute(select(*_TRIP).where(trip_table.c.trip_id == trip_id))).one_or_none()
    return None if row is None else Trip(*row)


async def save_trip(session: Session, changed: Trip) -> None:
    """Write what a trip that was locked cost."""
    costs = row_of(changed, ("cost_version", "cost_fen", "distance_m"), shares=dict(changed.shares))
    await session.execute(update(trip_table).where(trip_table.c.trip_id == changed.trip_id).values(costs))


async def booked_for(session: Session, trip_ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return what is booked for these trips, by whomever, in fen by county."""
    found: dict[str, dict[str, int]] = {}
    for ids in in_order(trip_ids):
        key = (freight.c.trip_id, freight.c.county_code)
        statement = select(*key, func.sum(freight.c.amount_fen)).where(freight.c.trip_id.in_(ids)).group_by(*key)
        for trip_id, county_code, fen in await session.execute(statement):
            found.setdefault(trip_id, {})[county_code] = int(fen)
    return found
