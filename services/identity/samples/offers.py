"""Where sample users may sign in: in a process whose demo offers them. Nothing that is stored or set can say so."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from services.identity.accounts.domain import Status, User
from shared.service import Service

_offered: WeakKeyDictionary[Service, tuple[str, ...]] = WeakKeyDictionary()


def offer(service: Service, logins: Iterable[str]) -> None:
    """Let these sample users sign in, by one click too, while this process runs. The demo calls it."""
    _offered[service] = tuple(logins)


def offered(service: Service) -> tuple[str, ...]:
    """Return the logins of the sample users that may sign in here: none outside the demo."""
    return _offered.get(service, ())


def lets_in(service: Service, user: User) -> bool:
    """Whether a user may sign in here at all, whatever the password."""
    return user.status is Status.ACTIVE and (not user.sample or user.login in offered(service))
