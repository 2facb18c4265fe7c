"""What can happen to a cooperative's contacts and bank account."""

from collections.abc import Sequence

from services.farmers.contacts import queries
from services.farmers.contacts.domain import Account, Contact
from services.farmers.cooperatives.usecases import lock_cooperatives
from shared.errors import DomainError, NotFound, StaleVersion
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork


async def put_contacts(uow: UnitOfWork, sealer: Sealer, cooperative_id: str, said: Sequence[Contact]) -> None:
    """Say whom to call at a cooperative, in the order to try; those before are forgotten. Raises NotFound."""
    await _lock(uow, cooperative_id)
    for place, one in enumerate(said):
        if one in said[:place]:
            raise DomainError("twice-in-request", "an earlier contact is the same", field=f"contacts.{place}")
    if await queries.contacts_of(uow.session, sealer, cooperative_id) != list(said):
        await queries.replace_contacts(uow.session, sealer, cooperative_id, said)


async def put_account(
    uow: UnitOfWork, sealer: Sealer, cooperative_id: str, said: Account, expected_version: int | None
) -> None:
    """Say where a cooperative's money goes; the same account again changes nothing. Raises NotFound, StaleVersion."""
    await _lock(uow, cooperative_id)
    known = await queries.accounts_of(uow.session, sealer, cooperative_id)
    version = known[0][0] if known else 0
    if expected_version is not None and expected_version != version:
        raise StaleVersion(expected_version, version)
    if not known or known[0][2] != said:
        await queries.insert_account(uow.session, sealer, cooperative_id, version + 1, said, uow.now)


async def _lock(uow: UnitOfWork, cooperative_id: str) -> None:
    if not await lock_cooperatives(uow, [cooperative_id]):
        raise NotFound("cooperative", cooperative_id)
