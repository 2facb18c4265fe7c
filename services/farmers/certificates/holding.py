"""Holding offers back: without the certificates its product needs an offer takes no new orders.

Others know an offer as published or withdrawn: one that is held back is withdrawn to them, and published again when the
certificate is there. What was promised from it stands. Who wants to know why it gets no orders is told what it lacks.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Text, and_, bindparam, delete, insert, or_, select

from services.farmers.certificates.models import OfferHold
from services.farmers.certificates.queries import missing, requirement, unmet
from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.offers import queries as offers
from services.farmers.offers.domain import Offer, OfferStatus
from services.farmers.rows import as_rows, given
from services.farmers.tables import table_of
from shared.events.farmers import OfferWithdrawn
from shared.unit_of_work import UnitOfWork

BATCH = 500
hold = table_of(OfferHold)
offer = offers.offer
_DAY: ColumnElement[Any] = bindparam("day", type_=Date)


async def tell(uow: UnitOfWork, said: Sequence[Offer], counties: Mapping[str, str]) -> None:
    """Tell offers that are new or amended; one that lacks a certificate is held back, and withdrawn if it was known."""
    lacking = await _lacking(uow, {(one.cooperative_id, one.terms.food_code) for one in said})
    held = await _held(uow, [one.offer_id for one in said])
    holding, released = [], []
    for one in said:
        if (one.cooperative_id, one.terms.food_code) not in lacking:
            uow.emit(one.told(counties[one.cooperative_id]))
            released += [one.offer_id] if one.offer_id in held else []
        else:
            if one.offer_id not in held:
                holding.append(one)
                if one.version > 1:
                    uow.emit(_withdrawn(uow, one))
            kinds = lacking[one.cooperative_id, one.terms.food_code]
            uow.emit(one.told_held(counties[one.cooperative_id], kinds, uow.now))
    await _write(uow, [one.offer_id for one in holding], released)


async def tell_again(uow: UnitOfWork, said: Sequence[Offer], counties: Mapping[str, str]) -> None:
    """Tell how offers stand, to whoever lost what was told; nothing about them changes.

    Of one that takes no orders it is told what it was, in the version before, and then that it is withdrawn.
    """
    held = await _held(uow, [one.offer_id for one in said])
    lacking = await _lacking(uow, {(one.cooperative_id, one.terms.food_code) for one in said})
    for one in said:
        county = counties[one.cooperative_id]
        if one.status == OfferStatus.OPEN and one.offer_id not in held:
            uow.emit(one.told(county))
            continue
        if one.version > 1:
            uow.emit(replace(one, version=one.version - 1).told(county))
        uow.emit(_withdrawn(uow, one))
        kinds = lacking.get((one.cooperative_id, one.terms.food_code))
        if one.status == OfferStatus.OPEN and kinds:
            uow.emit(one.told_held(county, kinds, uow.now))


def _withdrawn(uow: UnitOfWork, one: Offer) -> OfferWithdrawn:
    return OfferWithdrawn(
        offer_id=one.offer_id, cooperative_id=one.cooperative_id, version=one.version, withdrawn_at=uow.now
    )


async def review(uow: UnitOfWork, cooperative_ids: Collection[str] | None = None) -> int:
    """Hold back and release what certificates and days have changed, up to 500 offers; returns how many it was."""
    changed = await uow.session.scalars(_to_change(uow, cooperative_ids))
    locked = await offers.lock(uow.session, uow.dialect, changed.all())
    live = [replace(one, version=one.version + 1) for one in locked.values() if one.status == OfferStatus.OPEN]
    if live:
        await offers.save(uow.session, live)
        counties = await cooperatives.counties(uow.session, uow.dialect, {one.cooperative_id for one in live})
        await tell(uow, live, counties)
    return len(live)


def _to_change(uow: UnitOfWork, cooperative_ids: Collection[str] | None) -> Select[Any]:
    day = today(uow.now)
    lacks = missing(offer.c.cooperative_id, offer.c.food_code, day).exists()
    is_held = select(hold.c.offer_id).where(hold.c.offer_id == offer.c.offer_id).exists()
    statement = (
        select(offer.c.offer_id)
        .where(offer.c.status == OfferStatus.OPEN, offer.c.available_until >= day)
        .where(or_(and_(lacks, ~is_held), and_(~lacks, is_held)))
        .order_by(offer.c.offer_id)
        .limit(BATCH)
    )
    return statement if cooperative_ids is None else statement.where(offer.c.cooperative_id.in_(cooperative_ids))


async def gaps(uow: UnitOfWork, cooperative_id: str) -> list[tuple[str, str]]:
    """Return (product, kind) for each certificate that an offer of a cooperative lacks today."""
    day = today(uow.now)
    statement = (
        select(offer.c.food_code, requirement.c.kind)
        .distinct()
        .where(offer.c.cooperative_id == cooperative_id)
        .where(offer.c.status == OfferStatus.OPEN, offer.c.available_until >= day)
        .where(unmet(offer.c.cooperative_id, offer.c.food_code, day))
        .order_by(offer.c.food_code, requirement.c.kind)
    )
    return [(row[0], row[1]) for row in (await uow.session.execute(statement)).all()]


async def _lacking(uow: UnitOfWork, asked: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Return the kinds of certificates that cooperatives lack for products."""
    lacking: dict[tuple[str, str], list[str]] = {}
    if asked:
        parameters = as_rows(sorted(asked)) | {"day": today(uow.now)}
        for row in (await uow.session.execute(_lacking_of(uow.dialect), parameters)).all():
            lacking.setdefault((row[0], row[1]), []).append(row[2])
    return lacking


@cache
def _lacking_of(dialect: str) -> Select[Any]:
    asked = given(dialect, cooperative_id=Text, food_code=Text)
    return (
        select(asked.c.cooperative_id, asked.c.food_code, requirement.c.kind)
        .distinct()
        .where(unmet(asked.c.cooperative_id, asked.c.food_code, _DAY))
        .order_by(asked.c.cooperative_id, asked.c.food_code, requirement.c.kind)
    )


async def _held(uow: UnitOfWork, ids: Collection[str]) -> set[str]:
    found = await uow.session.scalars(_held_of(uow.dialect), as_rows([each] for each in ids))
    return set(found.all())


@cache
def _held_of(dialect: str) -> Select[Any]:
    asked = given(dialect, offer_id=Text)
    return select(hold.c.offer_id).where(hold.c.offer_id.in_(select(asked.c.offer_id)))


async def _write(uow: UnitOfWork, holding: Sequence[str], released: Sequence[str]) -> None:
    if holding:
        rows = [{"offer_id": each, "since": uow.now} for each in sorted(holding)]
        await uow.session.execute(insert(hold), rows)
    if released:
        await uow.session.execute(delete(hold).where(hold.c.offer_id.in_(released)))
