"""Programs that act by themselves at the embedded issuer: listed, made with a secret, locked and let in again."""

import argparse
from contextlib import AbstractAsyncContextManager
from functools import partial

from services.commands import ISSUER, Answer
from services.commands.acting import Acting, acting, ask, asking, done_or_tried, recorded
from services.commands.opening import opened
from services.commands.rights import all_of, in_columns, rights_arguments
from services.identity.accounts.domain import Status
from services.identity.clients import queries, usecases
from services.identity.clients.domain import Client
from services.identity.clients.models import OAuthClient
from services.identity.clients.schemas import ClientIn, ClientRead
from services.identity.rights import CLAIM
from services.identity.tables import table_of
from shared.errors import Conflict, DomainError
from shared.service import Service
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what is done with which program."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="list programs, what they are and whose")
    adding = verbs.add_parser("add", help="make a program that acts by itself; answers with its secret, once")
    rights_arguments(adding)
    secret = verbs.add_parser("secret", help="answer with a new secret; the one before opens nothing any more")
    locking = verbs.add_parser("lock", help="let a program in no more")
    unlocking = verbs.add_parser("unlock", help="let a program in again")
    for verb in (adding, secret, locking, unlocking):
        verb.add_argument("client")
        (asking if verb is locking else recorded)(verb)


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Do what was asked for. Raises DomainError, also `clients-elsewhere` where tokens come from another issuer."""
    if not settings.embedded:
        raise DomainError("clients-elsewhere", "they are those of the issuer that CLOUD_AUTH_ISSUER names (Keycloak)")
    async with opened(settings, ISSUER) as service:
        if options.verb == "list":
            return await _list(service)
        if options.verb == "add":
            return await _add(service, options)
        return await _change(service, options)


async def _list(service: Service) -> Answer:
    async with service.begin(read_only=True) as uow:
        clients = await all_of(partial(queries.page, uow.session), lambda one: one.client_id)
    lines = in_columns("client", ((one.client_id, one.status, one.rights) for one in clients))
    return Answer({"clients": [_shown(one) for one in clients]}, lines)


def _shown(client: Client) -> dict[str, object]:
    return ClientRead.of(client).model_dump(mode="json")


async def _add(service: Service, options: argparse.Namespace) -> Answer:
    rights = {name: getattr(options, name) for name in ("roles", *CLAIM.values())}
    said = ClientIn.model_validate(rights | {"confidential": True})
    async with _act(service, options) as act:
        if await queries.by_id(act.uow.session, options.client) is not None:
            raise Conflict("client-exists", f"{options.client} is there already", field="client")
        new = said.said(options.client, act.uow.now)
        client = await usecases.put(act.uow, new, service.settings.auth_audience, None)
        secret = await usecases.new_secret(act.uow, client.client_id)
    return _with_secret(options, client, secret)


async def _change(service: Service, options: argparse.Namespace) -> Answer:
    if options.verb == "lock":
        ask(options, f"Let {options.client} in no more? ")
    async with _act(service, options) as act:
        if options.verb == "secret":
            secret = await usecases.new_secret(act.uow, options.client)
            client = await queries.one(act.uow.session, options.client)
        else:
            status = Status.LOCKED if options.verb == "lock" else Status.ACTIVE
            client = await usecases.set_status(act.uow, options.client, status)
    if options.verb == "secret":
        return _with_secret(options, client, secret)
    words = done_or_tried(options, f"{client.client_id} is {client.status}")
    return Answer(_shown(client) | {"dry_run": options.dry_run}, [words])


def _with_secret(options: argparse.Namespace, client: Client, secret: str) -> Answer:
    """Show a secret, kept nowhere but with whoever reads it; one that was only tried opens nothing."""
    shown = None if options.dry_run else secret
    words = done_or_tried(options, f"the secret of {client.client_id}, shown this once:")
    return Answer(
        _shown(client) | {"client_secret": shown, "dry_run": options.dry_run}, [words, *([shown] if shown else [])]
    )


def _act(service: Service, options: argparse.Namespace) -> AbstractAsyncContextManager[Acting]:
    said = {"client": options.client}
    return acting(service, options, f"clients {options.verb}", said, table_of(OAuthClient), [(options.client,)])
