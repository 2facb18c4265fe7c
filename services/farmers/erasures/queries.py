"""All SQL about erasures."""

import base64
import hmac
import os
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Text, delete, insert, select, update

from services.farmers.erasures.models import ErasedNumber, Erasure, ErasureKey
from services.farmers.people.models import HouseholdPerson
from services.farmers.registry.models import RegistryNumber
from services.farmers.rows import as_rows, given
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.prepared import Prepared
from shared.routing import Paging
from shared.sealing import Sealer

erasure, erased_number, erasure_key = table_of(Erasure), table_of(ErasedNumber), table_of(ErasureKey)
person, registry_number = table_of(HouseholdPerson), table_of(RegistryNumber)

_KEY_PLACE = "erasure_key.key:1"
_KEY_BYTES = 32


async def erased(session: Session, ids: Collection[str]) -> set[str]:
    """Return those of the households that are erased."""
    return {row[0] for row in await session.run(_erased, as_rows([each] for each in set(ids)))} if ids else set()


@Prepared
def _erased(dialect: str) -> Select[Any]:
    asked = given(dialect, household_id=Text)
    found = select(erasure.c.household_id).join(asked, asked.c.household_id == erasure.c.household_id)
    return found.where(erasure.c.lifted_at.is_(None))


async def erased_numbers(session: Session, sealer: Sealer, numbers: Collection[str]) -> set[str]:
    """Return those of the registry numbers that were erased."""
    key = await _key(session, sealer) if numbers else None
    if key is None:
        return set()
    asked = {_index(key, each): each for each in numbers}
    found = await session.run(_erased_numbers, as_rows([each] for each in asked))
    return {asked[row[0]] for row in found}


@Prepared
def _erased_numbers(dialect: str) -> Select[Any]:
    asked = given(dialect, number_index=Text)
    return select(erased_number.c.number_index).join(asked, asked.c.number_index == erased_number.c.number_index)


async def forget_household(session: Session, household_id: str) -> None:
    """Delete what is known of who a household is."""
    for table in (person, registry_number):
        await session.execute(delete(table).where(table.c.household_id == household_id))


async def keep_number_out(session: Session, dialect: str, sealer: Sealer, number: str) -> None:
    """Remember of a number only that it is not to come back."""
    key = await _key(session, sealer) or await _new_key(session, dialect, sealer)
    await session.execute(insert_new(dialect, erased_number), [{"number_index": _index(key, number)}])


async def let_number_in(session: Session, sealer: Sealer, number: str) -> bool:
    """Let a number come back; False where it was not erased."""
    key = await _key(session, sealer)
    if key is None:
        return False
    gone = delete(erased_number).where(erased_number.c.number_index == _index(key, number))
    return bool((await session.execute(gone)).rowcount)


async def _new_key(session: Session, dialect: str, sealer: Sealer) -> bytes:
    fresh = sealer.seal(base64.b64encode(os.urandom(_KEY_BYTES)).decode(), _KEY_PLACE)
    # Whoever was first made the key that holds.
    await session.execute(insert_new(dialect, erasure_key), [{"number": 1, "key_sealed": fresh}])
    sealed = await session.scalar(select(erasure_key.c.key_sealed))
    return base64.b64decode(sealer.open(sealed, _KEY_PLACE))


async def _key(session: Session, sealer: Sealer) -> bytes | None:
    sealed = await session.scalar(select(erasure_key.c.key_sealed))
    return None if sealed is None else base64.b64decode(sealer.open(sealed, _KEY_PLACE))


def _index(key: bytes, number: str) -> str:
    return hmac.digest(key, number.encode(), "sha256").hex()


async def present(session: Session, household_id: str) -> Row[Any] | None:
    """Return the erasure that holds for a household, None where there is none."""
    holds = (erasure.c.household_id == household_id, erasure.c.lifted_at.is_(None))
    row: Row[Any] | None = (await session.execute(select(erasure).where(*holds))).first()
    return row


async def one(session: Session, erasure_id: str) -> Row[Any]:
    """Return an erasure that exists."""
    row: Row[Any] = (await session.execute(select(erasure).where(erasure.c.erasure_id == erasure_id))).one()
    return row


async def add(session: Session, row: dict[str, Any]) -> None:
    """Write down that a household was erased; its cooperative is locked."""
    await session.execute(insert(erasure), [row])


async def lift(session: Session, erasure_id: str, by: str, reason: str, at: datetime) -> None:
    """Write down that an erasure holds no longer; the household's cooperative is locked."""
    said = {"lifted_by": by, "lifted_reason": reason, "lifted_at": at}
    await session.execute(update(erasure).where(erasure.c.erasure_id == erasure_id).values(said))


async def of_household(session: Session, household_id: str, paging: Paging) -> Sequence[Row[Any]]:
    """Return up to `limit` erasures of a household, oldest first."""
    own = (erasure.c.household_id == household_id, erasure.c.erasure_id > (paging.after or ""))
    statement = select(erasure).where(*own).order_by(erasure.c.erasure_id).limit(paging.limit)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows
