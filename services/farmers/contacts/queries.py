"""All SQL about contacts and accounts; what is private is sealed here, and opened here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from services.farmers.contacts.domain import Account, Contact
from services.farmers.contacts.models import CooperativeAccount, CooperativeContact
from services.farmers.tables import table_of
from shared.database import Session
from shared.sealing import Sealer

contact = table_of(CooperativeContact)
account = table_of(CooperativeAccount)


def _sealed_in(table: str, column: str, *key: object) -> str:
    return f"{table}.{column}:{':'.join(map(str, key))}"


async def contacts_of(session: Session, sealer: Sealer, cooperative_id: str) -> list[Contact]:
    """Return a cooperative's contacts in the order to try."""
    own = contact.c.cooperative_id == cooperative_id
    rows = (await session.execute(select(contact).where(own).order_by(contact.c.place))).all()
    return [
        Contact(
            row.role,
            sealer.open(row.name_sealed, _sealed_in("contact", "name", cooperative_id, row.place)),
            sealer.open(row.phone_sealed, _sealed_in("contact", "phone", cooperative_id, row.place)),
        )
        for row in rows
    ]


async def replace_contacts(session: Session, sealer: Sealer, cooperative_id: str, said: Sequence[Contact]) -> None:
    """Write a cooperative's contacts in the place of those before; the cooperative is locked."""
    await session.execute(delete(contact).where(contact.c.cooperative_id == cooperative_id))
    rows = [
        {
            "cooperative_id": cooperative_id,
            "place": place,
            "role": one.role,
            "name_sealed": sealer.seal(one.name, _sealed_in("contact", "name", cooperative_id, place)),
            "phone_sealed": sealer.seal(one.phone, _sealed_in("contact", "phone", cooperative_id, place)),
        }
        for place, one in enumerate(said)
    ]
    if rows:
        await session.execute(insert(contact), rows)


async def accounts_of(session: Session, sealer: Sealer, cooperative_id: str) -> list[tuple[int, datetime, Account]]:
    """Return a cooperative's accounts as (version, since, account), the present one first."""
    own = account.c.cooperative_id == cooperative_id
    rows = (await session.execute(select(account).where(own).order_by(account.c.version.desc()))).all()
    return [(row.version, row.since, _opened(sealer, row)) for row in rows]


def _opened(sealer: Sealer, row: Row[Any]) -> Account:
    key = (row.cooperative_id, row.version)
    return Account(
        row.bank,
        sealer.open(row.holder_sealed, _sealed_in("account", "holder", *key)),
        sealer.open(row.number_sealed, _sealed_in("account", "number", *key)),
    )


async def insert_account(
    session: Session, sealer: Sealer, cooperative_id: str, version: int, said: Account, now: datetime
) -> None:
    """Write a cooperative's new account; the cooperative is locked."""
    key = (cooperative_id, version)
    row = {
        "cooperative_id": cooperative_id,
        "version": version,
        "bank": said.bank,
        "holder_sealed": sealer.seal(said.holder, _sealed_in("account", "holder", *key)),
        "number_sealed": sealer.seal(said.number, _sealed_in("account", "number", *key)),
        "since": now,
    }
    await session.execute(insert(account), [row])
