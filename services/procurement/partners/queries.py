"""All SQL of the read copies."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, select, update

from services.procurement.partners.models import canteen, cooperative, held_offer, lot, lot_contribution, offer
from services.procurement.rows import in_order
from services.procurement.sourcing.geography import Place
from services.procurement.tables import insert_into
from shared.auth.finding import finder
from shared.database import Session
from shared.models import newest_for
from shared.unit_of_work import UnitOfWork

Row = Mapping[str, Any]


class OfferTerms(NamedTuple):
    """At which price an offer is ordered from, and on which days it can be delivered."""

    price_fen_per_kg: int
    available_from: date
    available_until: date
    harvest_day: date | None
    shelf_life_days: int | None


tenants_of_cooperatives = finder(
    cooperative.c.cooperative_id, county=cooperative.c.county_code, cooperative=cooperative.c.cooperative_id
)


async def keep_newest(uow: UnitOfWork, table: Table, rows: Sequence[Row]) -> None:
    """Write whole-state rows by primary key; a row with no higher version than the present one changes nothing.

    Columns a row does not name keep their value.
    """
    told = [name for name in rows[0] if name != "allocated_g"]
    await uow.session.execute(newest_for(uow.dialect, table, told), list(rows))


async def add_lots(uow: UnitOfWork, lots: Sequence[Row], contributions: Sequence[Row]) -> None:
    """Add lots and what households brought to them; a lot that is known stays as it is."""
    await uow.session.execute(insert_into(uow, lot).on_conflict_do_nothing(), list(lots))
    if contributions:
        await uow.session.execute(insert_into(uow, lot_contribution).on_conflict_do_nothing(), list(contributions))


async def withdraw_offer(uow: UnitOfWork, tombstone: Row) -> None:
    """Close an offer; for one not heard of, leave a tombstone that an older publication cannot overwrite."""
    await uow.session.execute(newest_for(uow.dialect, offer, ("status", "version")), [dict(tombstone)])


async def held_for(session: Session, county_code: str, foods: Iterable[str], first: date, last: date) -> Sequence[Any]:
    """Return offers of a county that would be there for these foods and days were they not held back, by id."""
    told_since = select(offer.c.offer_id).where(
        offer.c.offer_id == held_offer.c.offer_id, offer.c.version > held_offer.c.version
    )
    statement = (
        select(held_offer)
        .where(
            held_offer.c.county_code == county_code,
            held_offer.c.food_code.in_(sorted(set(foods))),
            held_offer.c.available_until >= first,
            held_offer.c.available_from <= last,
            ~told_since.exists(),
        )
        .order_by(held_offer.c.offer_id)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def places_of(session: Session, canteen_ids: Iterable[str]) -> dict[str, Place]:
    """Return where these canteens are, as far as known."""
    places: dict[str, Place] = {}
    for ids in in_order(canteen_ids):
        rows = await session.execute(
            select(canteen.c.canteen_id, canteen.c.lat, canteen.c.lon).where(canteen.c.canteen_id.in_(ids))
        )
        places |= {row[0]: (row[1], row[2]) for row in rows}
    return places


async def names_of(session: Session, table: Table, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return what canteens, cooperatives or foods are called, Chinese and English, by key, as far as known."""
    key = next(iter(table.primary_key))
    names: dict[str, tuple[str, str]] = {}
    for some in in_order(keys):
        rows = await session.execute(select(key, table.c.name_zh, table.c.name_en).where(key.in_(some)))
        names |= {row[0]: (row[1], row[2]) for row in rows}
    return names


async def packs_of(session: Session, offer_ids: Iterable[str]) -> dict[str, int]:
    """Return the pack size in grams of those of these offers that come in packs."""
    packs: dict[str, int] = {}
    for ids in in_order(offer_ids):
        rows = await session.execute(
            select(offer.c.offer_id, offer.c.pack_size_g).where(offer.c.offer_id.in_(ids), offer.c.pack_size_g > 0)
        )
        packs |= {row[0]: row[1] for row in rows}
    return packs


async def counties_by(session: Session, table: Table, keys: Iterable[str]) -> dict[str, str]:
    """Return in which county canteens, cooperatives or market suppliers are, by key, as far as known."""
    key = next(iter(table.primary_key))
    found: dict[str, str] = {}
    for some in in_order(keys):
        rows = await session.execute(select(key, table.c.county_code).where(key.in_(some)))
        found |= {row[0]: row[1] for row in rows}
    return found


async def counties_of(session: Session, cooperative_ids: Iterable[str]) -> dict[str, str]:
    """Return in which county these cooperatives are, as far as known."""
    return await counties_by(session, cooperative, cooperative_ids)


async def counties_of_canteens(uow: UnitOfWork, canteen_ids: Sequence[str]) -> dict[str, str]:
    """Return in which county these canteens are, as far as known."""
    return await counties_by(uow.session, canteen, canteen_ids)


async def place_of(session: Session, column: str, key: str) -> Any:
    """Return the name and county of a `canteen_id` or `cooperative_id`, None when it has not been heard of."""
    table = {"canteen_id": canteen, "cooperative_id": cooperative}[column]
    columns = (table.c.name_zh, table.c.name_en, table.c.county_code)
    return (await session.execute(select(*columns).where(table.c[column] == key))).one_or_none()


async def remaining_for_update(session: Session, known: Mapping[str, OfferTerms]) -> dict[str, int]:
    """Lock these offers in the order of their ids and return the grams left of each.

    0 when it was withdrawn, or amended to other terms than are `known` of it.
    """
    remaining: dict[str, int] = {}
    for ids in in_order(known):
        rows = await session.execute(
            select(offer.c.offer_id, offer.c.status, (offer.c.quantity_g - offer.c.allocated_g).label("left_g"))
            .add_columns(*(offer.c[name] for name in OfferTerms._fields))
            .where(offer.c.offer_id.in_(ids))
            .order_by(offer.c.offer_id)
            .with_for_update()
        )
        for offer_id, status, left_g, *terms in rows:
            stands = status == "open" and OfferTerms(*terms) == known[offer_id]
            remaining[offer_id] = max(0, left_g) if stands else 0
    return remaining


async def allocate(session: Session, grams: Mapping[str, int]) -> None:
    """Add grams (negative: give back) to what is allocated of each offer, in the order of their ids."""
    moved = [{"of": offer_id, "grams": grams[offer_id]} for offer_id in sorted(grams) if grams[offer_id]]
    if moved:
        statement = (
            update(offer)
            .where(offer.c.offer_id == bindparam("of"), offer.c.allocated_g + bindparam("grams") >= 0)
            .values(allocated_g=offer.c.allocated_g + bindparam("grams"))
        )
        await session.execute(statement, moved)


async def contributions_of(
    session: Session, lot_ids: Iterable[str]
) -> dict[str, tuple[int, list[tuple[str, bool, int]]]]:
    """Return per known lot its grams and its contributions (household, poor, grams), ordered by household."""
    lots: dict[str, tuple[int, list[tuple[str, bool, int]]]] = {}
    for ids in in_order(lot_ids):
        statement = (
            select(
                lot.c.lot_id,
                lot.c.quantity_g,
                lot_contribution.c.household_id,
                lot_contribution.c.poor,
                lot_contribution.c.quantity_g,
            )
            .outerjoin(lot_contribution, lot_contribution.c.lot_id == lot.c.lot_id)
            .where(lot.c.lot_id.in_(ids))
            .order_by(lot.c.lot_id, lot_contribution.c.household_id, lot_contribution.c.poor)
        )
        for lot_id, quantity_g, household_id, poor, grams in await session.execute(statement):
            shares = lots.setdefault(lot_id, (quantity_g, []))[1]
            if household_id is not None:
                shares.append((household_id, bool(poor), grams))
    return lots
