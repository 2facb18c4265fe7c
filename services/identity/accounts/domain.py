"""A user and its rules."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from services.identity.rights import Rights, check, is_administrator
from shared.errors import Conflict, StaleVersion


class Status(StrEnum):
    """Whether a user may sign in; `locked` is an administrator's word, waits after wrong passwords are no status."""

    ACTIVE = "active"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in by `login`; without a password until the one-time link was used.

    A `sample` user signs in where the demo is served, and nowhere else.
    """

    user_id: str
    login: str
    rights: Rights
    status: Status
    version: int
    created_at: datetime
    sample: bool = False
    password_at: datetime | None = None
    password_hash: str | None = field(default=None, repr=False)

    @property
    def administers(self) -> bool:
        """Whether this user can administer others now."""
        return self.status is Status.ACTIVE and is_administrator(self.rights.roles)


def new_user(user_id: str, login: str, rights: Rights, now: datetime, *, sample: bool = False) -> User:
    """Return a user who has no password yet. Raises DomainError for rights that make no sense."""
    return User(user_id, login, check(rights, machine=False), Status.ACTIVE, 1, now, sample)


def change(user: User, rights: Rights, expected: int | None) -> User:
    """Return the user with other rights; tokens given before end by themselves. Raises DomainError, StaleVersion."""
    if expected is not None and expected != user.version:
        raise StaleVersion(expected, user.version)
    return replace(user, rights=check(rights, machine=False), version=user.version + 1)


def with_status(user: User, status: Status) -> User:
    """Return the user locked, or let in again."""
    return user if user.status is status else replace(user, status=status, version=user.version + 1)


def keep_an_administrator(before: User, after: User, administrators: int) -> None:
    """Raise Conflict when the last administrator would be none any more; nobody could undo it."""
    if before.administers and not after.administers and administrators <= 1:
        raise Conflict("last-administrator", "nobody else administers users: make another administrator first")
