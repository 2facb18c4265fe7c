"""All SQL about users."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from services.identity.accounts.domain import Status, User
from services.identity.accounts.models import UserAccount
from services.identity.rights import Rights
from services.identity.tables import table_of
from shared.database import Session
from shared.errors import Conflict, NotFound
from shared.routing import Paging

user = table_of(UserAccount)


def _user(row: Row[Any]) -> User:
    return User(
        row.user_id,
        row.login,
        Rights.of(row),
        Status(row.status),
        row.version,
        row.created_at,
        row.sample,
        row.password_at,
        row.password_hash,
    )


async def _found(session: Session, statement: Select[Any]) -> User | None:
    row = (await session.execute(statement)).first()
    return None if row is None else _user(row)


async def one(session: Session, user_id: str) -> User:
    """Return a user. Raises NotFound."""
    found = await _found(session, select(user).where(user.c.user_id == user_id))
    if found is None:
        raise NotFound("user", user_id)
    return found


async def by_id(session: Session, user_id: str) -> User | None:
    """Return a user, None when there is none."""
    return await _found(session, select(user).where(user.c.user_id == user_id))


async def by_login(session: Session, login: str) -> User | None:
    """Return the user of a login, None when there is none."""
    return await _found(session, select(user).where(user.c.login == login))


async def page(session: Session, paging: Paging, status: Status | None) -> list[User]:
    """Return users ordered by id."""
    statement = select(user).order_by(user.c.user_id).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(user.c.user_id > paging.after)
    if status is not None:
        statement = statement.where(user.c.status == status)
    return [_user(row) for row in (await session.execute(statement)).all()]


async def any_there(session: Session) -> bool:
    """Whether there is a user at all, samples aside."""
    return await session.scalar(select(user.c.user_id).where(user.c.sample.is_(False)).limit(1)) is not None


async def administrators(session: Session) -> int:
    """Return how many users, samples aside, administer others now."""
    rows = await session.execute(select(user).where(user.c.status == Status.ACTIVE, user.c.sample.is_(False)))
    return sum(_user(row).administers for row in rows.all())


async def insert_new(session: Session, new: User) -> None:
    """Write a new user. Raises Conflict for a login somebody has."""
    if await by_login(session, new.login) is not None:
        raise Conflict("login-taken", f"somebody has the login {new.login} already", field="login")
    row = {"user_id": new.user_id, "login": new.login, "created_at": new.created_at, "sample": new.sample}
    await session.execute(insert(user), [row | _changeable(new)])


async def save(session: Session, changed: User) -> None:
    """Write a user's new state, password aside; the version before must still be there."""
    where = (user.c.user_id == changed.user_id, user.c.version <= changed.version)
    await session.execute(update(user).where(*where).values(**_changeable(changed)))


def _changeable(state: User) -> dict[str, Any]:
    return {"status": state.status, "version": state.version} | state.rights.claims()


async def set_password(session: Session, user_id: str, password_hash: str, now: datetime | None = None) -> None:
    """Write the hash of a password: with `now` of a new one, without the same one hashed anew."""
    when = {} if now is None else {"password_at": now}
    await session.execute(update(user).where(user.c.user_id == user_id).values(password_hash=password_hash, **when))
