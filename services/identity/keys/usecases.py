"""What happens to signing keys: they are made, take turns, and are forgotten."""

from datetime import timedelta
from typing import Any

from services.identity.keys import domain, queries
from services.identity.keys.domain import SigningKey
from services.identity.keys.signing import new_key
from shared.errors import MissingDependency
from shared.service import Service
from shared.unit_of_work import UnitOfWork


async def keep(service: Service) -> int:
    """Make the key that is due and forget those whose tokens are over; returns how many."""
    made = await _make(service, timedelta(days=service.settings.identity_key_days))
    async with service.begin(read_only=True) as uow:
        over = domain.over(await queries.all_keys(uow.session), uow.now)
    if over:
        async with service.begin() as uow:
            await queries.forget(uow.session, over)
    return made + len(over)


async def rotate(uow: UnitOfWork, fresh: SigningKey, *, at_once: bool = False) -> SigningKey:
    """Make a fresh key the next; it is published now and signs when everybody knows it. Returns the newest key.

    With `at_once` it signs now, and no other key is left: for a key that is no secret any more. Every token given
    before is worthless then.
    """
    if not at_once:
        await _add(uow, fresh, timedelta(0))
        return (await queries.all_keys(uow.session))[-1]
    await queries.forget(uow.session, [key.kid for key in await queries.all_keys(uow.session)])
    await queries.add(uow.session, fresh)
    return fresh


async def _make(service: Service, age: timedelta) -> int:
    async with service.begin(read_only=True) as uow:
        if not domain.is_due(await queries.all_keys(uow.session), uow.now, age):
            return 0
        now = uow.now
    fresh = await new_key(service.sealer, now, now)
    async with service.begin() as uow:
        # Somebody else may have made it meanwhile; on SQLite writers take turns.
        return await _add(uow, fresh, age)


async def _add(uow: UnitOfWork, fresh: SigningKey, age: timedelta) -> int:
    known = await queries.all_keys(uow.session)
    if not domain.is_due(known, uow.now, age):
        return 0
    starts = domain.starts(known, uow.now)
    await queries.add(uow.session, SigningKey(fresh.kid, fresh.public, fresh.private_sealed, uow.now, starts))
    return 1


async def signing_key(uow: UnitOfWork) -> SigningKey:
    """Return the key that signs now. Raises MissingDependency before the first was made."""
    key = domain.signing(await queries.all_keys(uow.session), uow.now)
    if key is None:
        raise MissingDependency("signing-key", "of this issuer")
    return key


async def published(uow: UnitOfWork) -> list[dict[str, Any]]:
    """Return the public keys tokens can be signed with, as JWKS writes them."""
    return [key.public for key in await queries.all_keys(uow.session)]
