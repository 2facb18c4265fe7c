"""All SQL about certificates and what requires them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, and_, bindparam, delete, func, insert, or_, select, update

from services.farmers.certificates.domain import EVERY_PRODUCT, Certificate
from services.farmers.certificates.models import Certificate as CertificateRow
from services.farmers.certificates.models import CertificateProduct, CertificateRequirement
from services.farmers.cooperatives.models import Cooperative
from services.farmers.cooperatives.queries import lies_in
from services.farmers.lots.models import Lot
from services.farmers.rows import as_rows, given
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.errors import NotFound
from shared.models import insert_for
from shared.routing import Paging

certificate = table_of(CertificateRow)
product = table_of(CertificateProduct)
requirement = table_of(CertificateRequirement)
cooperative = table_of(Cooperative)
lot = table_of(Lot)

_COLUMNS = (
    *("certificate_id", "cooperative_id", "kind", "number", "issued_by", "issued_on", "expires_on"),
    *("lot_id", "file_id", "revoked_at", "revoked_reason"),
)


Code = ColumnElement[str]
Day = ColumnElement[date] | date


def held_on(cooperative_id: Code, food_code: Code, day: Day) -> ColumnElement[bool]:
    """Return whether a cooperative has a certificate of the requirement's kind for a product on a day."""
    covers = select(product.c.certificate_id).where(
        product.c.certificate_id == certificate.c.certificate_id, product.c.food_code == food_code
    )
    holds = select(certificate.c.certificate_id).where(
        certificate.c.cooperative_id == cooperative_id,
        certificate.c.kind == requirement.c.kind,
        certificate.c.revoked_at.is_(None),
        certificate.c.issued_on <= day,
        certificate.c.expires_on >= day,
        or_(certificate.c.covers_all, covers.correlate_except(product).exists()),
    )
    return holds.correlate_except(certificate).exists()


def unmet(cooperative_id: Code, food_code: Code, day: Day) -> ColumnElement[bool]:
    """Return the condition that a requirement is the product's, and the cooperative does not meet it on a day."""
    needed = requirement.c.food_code.in_((EVERY_PRODUCT, food_code))
    return and_(needed, ~held_on(cooperative_id, food_code, day))


def missing(cooperative_id: Code, food_code: Code, day: Day) -> Select[Any]:
    """Return the kinds a product needs that the cooperative has no certificate of on a day; correlated."""
    return select(requirement.c.kind).where(unmet(cooperative_id, food_code, day)).correlate_except(requirement)


async def several(session: Session, dialect: str, ids: Iterable[str]) -> dict[str, Certificate]:
    """Return those of the certificates that were recorded."""
    found = (await session.execute(_several(dialect), as_rows([each] for each in set(ids)))).all()
    return {one.certificate_id: one for one in await _with_products(session, dialect, found)}


@cache
def _several(dialect: str) -> Select[Any]:
    asked = given(dialect, certificate_id=Text)
    return select(certificate).where(certificate.c.certificate_id.in_(select(asked.c.certificate_id)))


@cache
def _products(dialect: str) -> Select[Any]:
    asked = given(dialect, certificate_id=Text)
    return select(product.c.certificate_id, product.c.food_code).where(
        product.c.certificate_id.in_(select(asked.c.certificate_id))
    )


async def _with_products(session: Session, dialect: str, rows: Sequence[Row[Any]]) -> list[Certificate]:
    codes: dict[str, set[str]] = {row.certificate_id: set() for row in rows}
    for key, code in (await session.execute(_products(dialect), as_rows([key] for key in codes))).all():
        codes[key].add(code)
    return [
        Certificate(**{name: getattr(row, name) for name in _COLUMNS}, food_codes=frozenset(codes[row.certificate_id]))
        for row in rows
    ]


async def one(session: Session, dialect: str, certificate_id: str) -> Certificate:
    """Return a certificate. Raises NotFound."""
    found = await several(session, dialect, [certificate_id])
    if certificate_id not in found:
        raise NotFound("certificate", certificate_id)
    return found[certificate_id]


async def insert_certificates(session: Session, dialect: str, new: Sequence[Certificate], now: datetime) -> set[str]:
    """Insert certificates; returns the ids of those nobody else inserted at the same moment."""
    if not new:
        return set()
    rows = [
        {name: getattr(one, name) for name in _COLUMNS} | {"covers_all": not one.food_codes, "recorded_at": now}
        for one in sorted(new, key=lambda one: one.certificate_id)
    ]
    statement = insert_new(dialect, certificate).returning(certificate.c.certificate_id)
    inserted = set((await session.scalars(statement, rows)).all())
    codes = [
        {"certificate_id": one.certificate_id, "food_code": code}
        for one in new
        if one.certificate_id in inserted
        for code in sorted(one.food_codes)
    ]
    if codes:
        await session.execute(insert(product), codes)
    return inserted


async def save(session: Session, changed: Sequence[Certificate]) -> None:
    """Write files and revocations of certificates."""
    if changed:
        names = ("file_id", "revoked_at", "revoked_reason")
        statement = (
            update(certificate)
            .where(certificate.c.certificate_id == bindparam("key"))
            .values({name: bindparam(f"new_{name}") for name in names})
        )
        rows = [{"key": one.certificate_id} | {f"new_{n}": getattr(one, n) for n in names} for one in changed]
        await session.execute(statement, rows)


async def page(
    session: Session,
    dialect: str,
    paging: Paging,
    cooperative_id: str | None,
    county_code: str | None,
    kind: str | None,
) -> list[Certificate]:
    """Return up to `limit` certificates, ordered by id."""
    statement = select(certificate).order_by(certificate.c.certificate_id).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(certificate.c.certificate_id > paging.after)
    if cooperative_id is not None:
        statement = statement.where(certificate.c.cooperative_id == cooperative_id)
    if county_code is not None:
        statement = statement.where(lies_in(certificate.c.cooperative_id, county_code))
    if kind is not None:
        statement = statement.where(certificate.c.kind == kind)
    return await _with_products(session, dialect, (await session.execute(statement)).all())


async def expiring(
    session: Session, dialect: str, day: date, until: date, place: tuple[str | None, str | None], limit: int
) -> list[Certificate]:
    """Return certificates that end between two days, unless revoked or followed by another of the kind; soonest first.

    `place` is the county and the cooperative asked for, None: any.
    Another follows when it covers as much or more: the same products, or all.
    """
    statement = (
        select(certificate)
        .join(cooperative, cooperative.c.cooperative_id == certificate.c.cooperative_id)
        .where(certificate.c.expires_on.between(day, until), certificate.c.revoked_at.is_(None), ~_followed())
        .order_by(certificate.c.expires_on, certificate.c.certificate_id)
        .limit(limit)
    )
    county_code, cooperative_id = place
    if county_code is not None:
        statement = statement.where(cooperative.c.county_code == county_code)
    if cooperative_id is not None:
        statement = statement.where(certificate.c.cooperative_id == cooperative_id)
    return await _with_products(session, dialect, (await session.execute(statement)).all())


async def count_expiring(session: Session, day: date, until: date) -> int:
    """Return how many certificates end between two days, unless revoked or followed by another."""
    soon = (certificate.c.expires_on.between(day, until), certificate.c.revoked_at.is_(None), ~_followed())
    return int(await session.scalar(select(func.count()).select_from(certificate).where(*soon)))


def _followed() -> ColumnElement[bool]:
    later, own, its = certificate.alias("later"), product.alias("own"), product.alias("its")
    covered = select(its.c.food_code).where(
        its.c.certificate_id == later.c.certificate_id, its.c.food_code == own.c.food_code
    )
    uncovered = select(own.c.food_code).where(
        own.c.certificate_id == certificate.c.certificate_id, ~covered.correlate_except(its).exists()
    )
    as_much = or_(later.c.covers_all, ~certificate.c.covers_all & ~uncovered.correlate_except(own).exists())
    return (
        select(later.c.certificate_id)
        .where(
            later.c.cooperative_id == certificate.c.cooperative_id,
            later.c.kind == certificate.c.kind,
            later.c.lot_id.is_(None),
            later.c.revoked_at.is_(None),
            later.c.expires_on > certificate.c.expires_on,
            as_much,
        )
        .correlate_except(later)
        .exists()
    )


async def lots(session: Session, ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return (cooperative, product) of those of the lots that came in; a request names 1,000 at most."""
    if not ids:
        return {}
    found = await session.execute(
        select(lot.c.lot_id, lot.c.cooperative_id, lot.c.food_code).where(lot.c.lot_id.in_(ids))
    )
    return {row[0]: (row[1], row[2]) for row in found.all()}


async def requirements(session: Session) -> Sequence[Row[Any]]:
    """Return which product needs which kind: (food_code, kind, source)."""
    statement = select(requirement).order_by(requirement.c.food_code, requirement.c.kind)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def put_requirements(session: Session, dialect: str, said: Sequence[dict[str, Any]]) -> None:
    """Write requirements, in the place of those of the same product and kind."""
    if said:
        make = insert_for(dialect, requirement)
        statement = make.on_conflict_do_update(
            index_elements=["food_code", "kind"], set_={"source": make.excluded.source}
        )
        await session.execute(statement, list(said))


async def drop_requirements(session: Session, keys: Iterable[tuple[str, str]]) -> None:
    """Delete requirements by product and kind."""
    for food_code, kind in keys:
        own = (requirement.c.food_code == food_code, requirement.c.kind == kind)
        await session.execute(delete(requirement).where(*own))
