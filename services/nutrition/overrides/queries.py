"""SQL of the overrides."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, insert, select, tuple_, update

from services.nutrition.overrides.models import FoodOverride, FoodOverrideVersion
from services.nutrition.tables import table_of
from services.nutrition.upserts import Key, Merged, merge
from shared.database import Session
from shared.errors import NotFound
from shared.unit_of_work import UnitOfWork

override, override_version = table_of(FoodOverride), table_of(FoodOverrideVersion)
KEY = ("county_code", "food_code", "field")
REMOVED = "removed"
"""The digest of what was removed: whatever is said next is something new."""
_SAID = select(override.c.food_code, override.c.field, override.c.value, override.c.source).where(
    override.c.county_code == bindparam("county_code"), override.c.removed.is_(False)
)


async def of_county(
    session: Session, county_code: str, codes: Collection[str] | None = None
) -> dict[str, dict[str, tuple[Any, str]]]:
    """Return what a county says, by food and field: value and source; of the foods among `codes` only."""
    statement = _SAID if codes is None else _SAID.where(override.c.food_code.in_(sorted(codes)))
    found: dict[str, dict[str, tuple[Any, str]]] = {}
    for code, field, value, source in (await session.execute(statement, {"county_code": county_code})).all():
        found.setdefault(code, {})[field] = (value, source)
    return found


async def put(uow: UnitOfWork, rows: Mapping[Key, dict[str, Any]]) -> Merged:
    """Insert or update overrides; every version is kept."""
    merged = await merge(uow, override, KEY, rows)
    versions = [
        {name: rows[key][name] for name in (*KEY, "value", "source", "removed")}
        | {"version": version, "said_at": uow.now}
        for key, version in merged.told.items()
    ]
    if versions:
        await uow.session.execute(insert(override_version), versions)
    return merged


async def remove(uow: UnitOfWork, key: Key, reason: str) -> None:
    """Take an override back; its versions stay. Raises NotFound where there is none."""
    this = and_(*(override.c[name] == value for name, value in zip(KEY, key, strict=True)))
    statement = (
        update(override)
        .where(this, override.c.removed.is_(False))
        .values(removed=True, digest=REMOVED, version=override.c.version + 1)
        .returning(override.c.version, override.c.value)
    )
    row = (await uow.session.execute(statement)).first()
    if row is None:
        raise NotFound("override", "/".join(key))
    last = dict(zip(KEY, key, strict=True)) | {"version": row.version, "value": row.value}
    await uow.session.execute(
        insert(override_version), [last | {"source": reason, "removed": True, "said_at": uow.now}]
    )


async def page(
    session: Session, county_code: str, food_code: str | None, limit: int, after: tuple[str, str] | None
) -> Sequence[Row[Any]]:
    """Return what a county says, in the order of foods and fields."""
    statement = select(override).where(override.c.county_code == county_code, override.c.removed.is_(False))
    if food_code is not None:
        statement = statement.where(override.c.food_code == food_code)
    if after is not None:
        statement = statement.where(tuple_(override.c.food_code, override.c.field) > after)
    statement = statement.order_by(override.c.food_code, override.c.field).limit(limit)
    return list((await session.execute(statement)).all())


async def versions(session: Session, key: Key, limit: int, after: int) -> Sequence[Row[Any]]:
    """Return the versions after `after` of what a county said of a field, oldest first."""
    this = and_(*(override_version.c[name] == value for name, value in zip(KEY, key, strict=True)))
    statement = select(override_version).where(this, override_version.c.version > after)
    return list((await session.execute(statement.order_by(override_version.c.version).limit(limit))).all())
