"""All SQL about signing keys."""

from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import delete, insert, select

from services.identity.keys.domain import SigningKey
from services.identity.keys.models import SigningKeyRow
from services.identity.tables import table_of
from shared.database import Session

signing_key = table_of(SigningKeyRow)


async def all_keys(session: Session) -> list[SigningKey]:
    """Return every key, the one that signs first first."""
    rows = await session.execute(select(signing_key).order_by(signing_key.c.signs_from, signing_key.c.kid))
    return [SigningKey(**row._mapping) for row in rows.all()]


async def add(session: Session, key: SigningKey) -> None:
    """Write a new key."""
    await session.execute(insert(signing_key), [asdict(key)])


async def forget(session: Session, kids: Collection[str]) -> None:
    """Forget keys, private part and all."""
    await session.execute(delete(signing_key).where(signing_key.c.kid.in_(kids)))
