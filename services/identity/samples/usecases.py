"""The demo's users are made, and signed in by one click."""

import secrets
from collections.abc import Mapping

from services.identity.accounts import domain as accounts
from services.identity.accounts import queries
from services.identity.accounts.domain import User
from services.identity.passwords.hashing import hasher_of
from services.identity.rights import Rights
from services.identity.samples.offers import lets_in, offer
from services.identity.tokens.usecases import access_token
from shared.errors import NotFound
from shared.ids import derived_id
from shared.service import Service


async def make(service: Service, wanted: Mapping[str, Rights]) -> dict[str, str]:
    """Make the sample users by login, or give those that are there new passwords, and let them in here.

    Returns their passwords, which are kept nowhere.
    """
    passwords = {login: secrets.token_urlsafe(12) for login in wanted}
    hasher = hasher_of(service.settings)
    for login, rights in wanted.items():
        kept = await hasher.hash(passwords[login])
        async with service.begin() as uow:
            user = await queries.by_login(uow.session, login)
            if user is None:
                user = accounts.new_user(derived_id("sample", login), login, rights, uow.now, sample=True)
                await queries.insert_new(uow.session, user)
            await queries.set_password(uow.session, user.user_id, kept, uow.now)
    offer(service, wanted)
    return passwords


async def sample(service: Service, login: str) -> User:
    """Return the sample user of a login, to be signed in without a password.

    Raises NotFound for everybody else, and for everybody outside the demo.
    """
    async with service.begin(read_only=True) as uow:
        user = await queries.by_login(uow.session, login)
    if user is None or not user.sample or not lets_in(service, user):
        raise NotFound("sample-user", login, field="sample")
    return user


async def token_of(service: Service, login: str) -> str:
    """Return an access token of a sample user. Raises NotFound as `sample` does."""
    user = await sample(service, login)
    return await access_token(service, user.user_id, user.rights)
