"""Users of the embedded issuer: they are listed, made, locked, let in again, and given links to set passwords by."""

import argparse
from contextlib import AbstractAsyncContextManager
from typing import Any

from services.commands import ISSUER, Answer
from services.commands.acting import Acting, acting, ask, asking, done_or_tried, recorded
from services.commands.opening import opened
from services.commands.rights import all_of, in_columns, rights_arguments
from services.identity.accounts import queries, usecases
from services.identity.accounts.domain import User
from services.identity.accounts.models import UserAccount
from services.identity.accounts.schemas import UserIn
from services.identity.passwords.usecases import new_link
from services.identity.tables import table_of
from shared.errors import DomainError, NotFound
from shared.service import Service
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what is done with whom."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="list users, what they are and whose")
    adding = verbs.add_parser("add", help="make a user; answers with the one-time link that sets the password")
    rights_arguments(adding)
    password = verbs.add_parser("password", help="answer with a one-time link that sets another password")
    locking = verbs.add_parser("lock", help="let a user in no more, and end all sign-ins")
    unlocking = verbs.add_parser("unlock", help="let a user in again, also one who waits after wrong passwords")
    for verb in (adding, password, locking, unlocking):
        verb.add_argument("login")
        (asking if verb is locking else recorded)(verb)


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Do what was asked for. Raises DomainError, also `users-elsewhere` where tokens come from another issuer."""
    if not settings.embedded:
        raise DomainError("users-elsewhere", "they are those of the issuer that CLOUD_AUTH_ISSUER names (Keycloak)")
    async with opened(settings, ISSUER) as service:
        if options.verb == "list":
            return await _list(service)
        if options.verb == "add":
            return await _add(service, options)
        return await _change(service, options)


async def _list(service: Service) -> Answer:
    async with service.begin(read_only=True) as uow:
        users = await all_of(lambda page: queries.page(uow.session, page, None), lambda user: user.user_id)
    lines = in_columns("login", ((user.login, user.status, user.rights) for user in users))
    return Answer({"users": [_shown(user) for user in users]}, lines)


def _shown(user: User) -> dict[str, Any]:
    names = ("user_id", "login", "status", "version", "created_at", "password_at", "sample")
    return {name: getattr(user, name) for name in names} | user.rights.claims()


async def _add(service: Service, options: argparse.Namespace) -> Answer:
    said = UserIn.model_validate({name: getattr(options, name) for name in UserIn.model_fields})
    async with _act(service, options) as act:
        user = await usecases.add(act.uow, said.login, said.said())
        act.keys.add((user.user_id,))
        link = await new_link(act.uow, service.settings, user.user_id)
    return _with_link(options, user, link)


async def _change(service: Service, options: argparse.Namespace) -> Answer:
    async with service.begin(read_only=True) as uow:
        user = await queries.by_login(uow.session, options.login)
    if user is None:
        raise NotFound("user", options.login, field="login")
    if options.verb == "lock":
        ask(options, f"Let {user.login} in no more, and end all sign-ins? ")
    async with _act(service, options, user) as act:
        if options.verb == "password":
            link = await new_link(act.uow, service.settings, user.user_id)
        elif options.verb == "lock":
            user = await usecases.lock(act.uow, user.user_id)
        else:
            user = await usecases.unlock(act.uow, service.sealer, user.user_id)
    if options.verb == "password":
        return _with_link(options, user, link)
    words = done_or_tried(options, f"{user.login} is {user.status}")
    return Answer(_shown(user) | {"dry_run": options.dry_run}, [words])


def _with_link(options: argparse.Namespace, user: User, link: str) -> Answer:
    """Show a link, which works once and within three days; one that was only tried opens nothing."""
    shown = None if options.dry_run else link
    words = done_or_tried(options, f"the password of {user.login} is set by a link, once, within three days:")
    return Answer(_shown(user) | {"link": shown, "dry_run": options.dry_run}, [words, *([shown] if shown else [])])


def _act(
    service: Service, options: argparse.Namespace, user: User | None = None
) -> AbstractAsyncContextManager[Acting]:
    keys = [] if user is None else [(user.user_id,)]
    said = {"login": options.login}
    return acting(service, options, f"users {options.verb}", said, table_of(UserAccount), keys)
