"""Routes of a cooperative's contacts and bank account."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Path, Response

from services.farmers.contacts import queries, usecases
from services.farmers.contacts.domain import Account
from services.farmers.contacts.schemas import (
    AccountIn,
    AccountRead,
    AccountsRead,
    ContactRead,
    ContactsIn,
    ContactsRead,
)
from services.farmers.cooperatives import queries as cooperatives
from shared.auth.principal import only_audits
from shared.fields import Id
from shared.keys import Keys
from shared.routing import ExpectedVersion, UoW, service_router

router = service_router(prefix="/cooperatives/{cooperative_id}", tags=["cooperatives"])

CooperativeId = Annotated[Id, Path()]


@router.put("/contacts")
async def put_contacts(uow: UoW, keys: Keys, cooperative_id: CooperativeId, body: ContactsIn) -> ContactsRead:
    """Say whom to call at a cooperative, in the order to try; they are answered masked."""
    said = body.said()
    await usecases.put_contacts(uow, keys, cooperative_id, said)
    return ContactsRead(contacts=[ContactRead.model_validate(one.masked()) for one in said])


@router.get("/contacts")
async def get_contacts(uow: UoW, keys: Keys, cooperative_id: CooperativeId) -> ContactsRead:
    """Return whom to call at a cooperative, in the order to try; masked to those who only audit."""
    await cooperatives.one(uow.session, cooperative_id)
    found = await queries.contacts_of(uow.session, keys, cooperative_id)
    shown = [one.masked() for one in found] if only_audits(uow.principal) else found
    return ContactsRead(contacts=[ContactRead.model_validate(one) for one in shown])


@router.put("/account")
async def put_account(
    uow: UoW, keys: Keys, cooperative_id: CooperativeId, body: AccountIn, expected: ExpectedVersion, response: Response
) -> AccountsRead:
    """Say where a cooperative's money goes; the account before stays known. If-Match carries the version read."""
    await usecases.put_account(uow, keys, cooperative_id, body.said(), expected)
    found = await queries.accounts_of(uow.session, keys, cooperative_id)
    return _accounts([(version, since, account.kept()) for version, since, account in found], response)


@router.get("/account")
async def get_account(uow: UoW, keys: Keys, cooperative_id: CooperativeId, response: Response) -> AccountsRead:
    """Return where a cooperative's money goes and went, numbers masked; the version is the ETag."""
    await cooperatives.one(uow.session, cooperative_id)
    found = await queries.accounts_of(uow.session, keys, cooperative_id)
    return _accounts([(version, since, account.masked()) for version, since, account in found], response)


def _accounts(found: Sequence[tuple[int, datetime, Account]], response: Response) -> AccountsRead:
    response.headers["ETag"] = f'"{found[0][0] if found else 0}"'
    items = [
        AccountRead(version=version, since=since, bank=shown.bank, holder=shown.holder, number=shown.number)
        for version, since, shown in found
    ]
    return AccountsRead(account=items[0] if items else None, before=items[1:])
