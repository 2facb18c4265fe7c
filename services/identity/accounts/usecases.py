"""Users are made, changed, locked and let in again."""

from services.identity.accounts import domain, queries
from services.identity.accounts.domain import Status, User
from services.identity.lockouts.usecases import let_in_again
from services.identity.passwords import queries as links
from services.identity.rights import Rights
from services.identity.signins import sessions
from shared.ids import new_id
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork


async def add(uow: UnitOfWork, login: str, rights: Rights) -> User:
    """Make a user, who has no password yet. Raises Conflict for a login somebody has, DomainError."""
    user = domain.new_user(new_id(), login, rights, uow.now)
    await queries.insert_new(uow.session, user)
    return user


async def change(uow: UnitOfWork, user_id: str, rights: Rights, expected: int | None) -> User:
    """Give a user other rights; tokens by the old ones end within minutes. Raises NotFound, Conflict, DomainError."""
    before = await queries.one(uow.session, user_id)
    after = domain.change(before, rights, expected)
    return await _save(uow, before, after)


async def lock(uow: UnitOfWork, user_id: str) -> User:
    """Let a user in no more, and end all sign-ins, links and tokens. Raises NotFound, Conflict."""
    before = await queries.one(uow.session, user_id)
    after = await _save(uow, before, domain.with_status(before, Status.LOCKED))
    await sessions.end_all_of(uow, user_id, "locked")
    await links.forget_of(uow.session, user_id)
    return after


async def unlock(uow: UnitOfWork, sealer: Sealer, user_id: str) -> User:
    """Let a user in again, also one who only waits after wrong passwords. Raises NotFound."""
    before = await queries.one(uow.session, user_id)
    await let_in_again(uow, sealer, before.login)
    return await _save(uow, before, domain.with_status(before, Status.ACTIVE))


async def _save(uow: UnitOfWork, before: User, after: User) -> User:
    if before.administers and not before.sample:
        domain.keep_an_administrator(before, after, await queries.administrators(uow.session))
    await queries.save(uow.session, after)
    return after
