"""A user sets a password through a one-time link, and changes it: nobody else ever knows it."""

from services.identity.accounts import queries as accounts
from services.identity.accounts.domain import User
from services.identity.address import address_of
from services.identity.lockouts.usecases import let_in_again
from services.identity.opaque import hash_of, new_text
from services.identity.passwords import domain, queries
from services.identity.passwords.hashing import hasher_of
from services.identity.signins import sessions
from services.identity.signins.queries import Session
from services.identity.signins.usecases import check_password
from shared.audit import queries as audit
from shared.audit.domain import Change, plain
from shared.audit.recording import act_of
from shared.auth.principal import Principal, Role
from shared.errors import DomainError, NotFound
from shared.service import Service
from shared.settings import Settings
from shared.unit_of_work import UnitOfWork


class NotSignedIn(Exception):
    """The browser's sign-in is over, or never was."""


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


async def set_password(service: Service, link: str, password: str, address: str) -> User:
    """Set a password through a link, which is used up by it; where its owner is signed in, that ends.

    Raises NotFound, DomainError for a password that is easily guessed.
    """
    owner = await owner_of(service, link)
    kept = await hasher_of(service.settings).hash(domain.check(password, owner.login))
    async with service.begin() as uow:
        owner = await _owner(uow, link)
        await queries.use(uow.session, hash_of(link))
        await _write(uow, owner, kept, "POST /password", address)
        await sessions.end_all_of(uow, owner.user_id, "password-set")
        await let_in_again(uow, service.sealer, owner.login)
    return owner


async def signed_in(service: Service, cookie: str | None) -> User:
    """Return who is signed in by a cookie. Raises NotSignedIn."""
    async with service.begin(read_only=True) as uow:
        return (await _present(service, uow, cookie))[1]


async def _present(service: Service, uow: UnitOfWork, cookie: str | None) -> tuple[Session, User]:
    found = await sessions.present(service, uow, cookie)
    if found is None:
        raise NotSignedIn
    return found


async def change_password(service: Service, cookie: str | None, present: str, password: str, address: str) -> None:
    """Change the password of who is signed in by a cookie: their other sign-ins end, and links open nothing more.

    Attempts are counted as at signing in. Raises NotSignedIn; Wrong, Locked, MustWait for the present password;
    DomainError for one that is easily guessed, or the same.
    """
    user = await signed_in(service, cookie)
    normalised = domain.check(password, user.login)
    await check_password(service, user.login, present, address)
    if normalised == domain.normal(present):
        raise DomainError("password-same", "it is the present one", field="password")
    kept = await hasher_of(service.settings).hash(normalised)
    async with service.begin() as uow:
        session, user = await _present(service, uow, cookie)
        await _write(uow, user, kept, "POST /own-password", address)
        await sessions.end_all_of(uow, user.user_id, "password-changed", but=session.session_id)
        await queries.forget_of(uow.session, user.user_id)


async def _write(uow: UnitOfWork, user: User, kept: str, action: str, address: str) -> None:
    """Write the hash of a new password, and that its owner set it; the hash itself stands in no act."""
    await accounts.set_password(uow.session, user.user_id, kept, uow.now)
    before, after = ({"password_at": plain(when)} for when in (user.password_at, uow.now))
    who = Principal(user.user_id, frozenset(map(Role, user.rights.roles)))
    await audit.add(uow, act_of(uow, who, address, action, {}, [Change("user_account", user.user_id, before, after)]))
