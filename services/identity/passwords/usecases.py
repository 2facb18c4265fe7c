"""A user sets a password through a one-time link: nobody else ever knows it."""

from services.identity.accounts import queries as accounts
from services.identity.accounts.domain import User
from services.identity.address import address_of
from services.identity.lockouts.usecases import let_in_again
from services.identity.opaque import hash_of, new_text
from services.identity.passwords import domain, queries
from services.identity.passwords.hashing import hasher_of
from services.identity.signins import sessions
from shared.errors import NotFound
from shared.service import Service
from shared.settings import Settings
from shared.unit_of_work import UnitOfWork


async def new_link(uow: UnitOfWork, settings: Settings, user_id: str) -> str:
    """Return a new link by which this user sets a password; those before open nothing any more. Raises NotFound."""
    user = await accounts.one(uow.session, user_id)
    text = new_text()
    await queries.replace(uow.session, user.user_id, hash_of(text), uow.now + domain.LINK)
    return f"{address_of(settings)}/password?link={text}"


async def owner_of(service: Service, link: str) -> User:
    """Return whose link it is. Raises NotFound for one that was used, is over, or never was."""
    async with service.begin(read_only=True) as uow:
        return await _owner(uow, link)


async def _owner(uow: UnitOfWork, link: str) -> User:
    user_id = await queries.user_of(uow.session, hash_of(link), uow.now)
    if user_id is None:
        # Not the link itself: refusals are shown and logged.
        raise NotFound("link", "like this, or not any more: ask an administrator for another", field="link")
    return await accounts.one(uow.session, user_id)


async def set_password(service: Service, link: str, password: str) -> User:
    """Set a password through a link, which is used up by it; where its owner is signed in, that ends.

    Raises NotFound, DomainError for a password that is easily guessed.
    """
    owner = await owner_of(service, link)
    kept = await hasher_of(service.settings).hash(domain.check(password, owner.login))
    async with service.begin() as uow:
        owner = await _owner(uow, link)
        await queries.use(uow.session, hash_of(link))
        await accounts.set_password(uow.session, owner.user_id, kept, uow.now)
        await sessions.end_all_of(uow, owner.user_id, "password-set")
        await let_in_again(uow, service.sealer, owner.login)
    return owner
