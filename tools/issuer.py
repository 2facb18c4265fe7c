"""The issuer of `make up`, where people sign in to its portal: our own, on this machine's loopback and nowhere else.

python -m tools.issuer serve                                      serve it, as `make up` does
python -m tools.issuer token clerk --cooperative coop-1           print a token for REST; it holds for a day
python -m tools.issuer users add li.clerk --role clerk …          print the link that sets the password
python -m tools.issuer users password LOGIN                       the same for who lost it
python -m tools.issuer signing-key rotate                         as `python -m services` has them

Decision 57 says why `make up` has it and nothing else does. Its users stay under var/up/identity.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI
from pydantic import SecretStr

from services.__main__ import parse
from services.commands.answering import carry_out
from services.identity import starting
from services.identity.clients.usecases import known_client
from services.identity.keys.signing import sign
from services.identity.keys.usecases import keep, signing_key
from services.identity.main import definition
from services.identity.rights import CLAIM, Rights, check
from services.identity.tokens.domain import ACCESS_KIND, access_claims
from services.identity.tokens.usecases import issuer_of
from services.identity.trust import trust_in
from services.portal.beside import client_of
from shared import steps
from shared.auth.principal import Role
from shared.ids import new_id
from shared.messaging.bus import every_topic
from shared.messaging.embedded import EmbeddedBus
from shared.service import Service, create_app
from shared.settings import Settings
from shared.standalone import listen
from shared.telemetry import log_as_json
from tools.servers.issuer import ADDRESS, HOST, PORT
from tools.servers.service import secret_keys
from tools.up import PORTAL, SERVICES, data_directory

HOLDS = timedelta(days=1)
"""How long a token for trying out holds; those of people who sign in hold as long as everywhere."""


def settings_in(folder: Path) -> Settings:
    """Return its settings: whatever the environment says, it is here, on loopback, on files of its own."""
    return Settings(
        var=folder,
        host=HOST,
        port=PORT,
        identity_url=ADDRESS,
        portal_url=f"http://{HOST}:{SERVICES[PORTAL]}",
        secret_keys=SecretStr(secret_keys()),
        bus="embedded",
        database_url=None,
        auth_issuer=None,
    )


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Service]:
    """Open it, with tables and keys, and with the portal as its client."""
    bus = EmbeddedBus(settings.var / "bus.sqlite")
    service = Service(definition, settings, bus, trusts=[trust_in(settings, lambda: service)])
    try:
        await service.bus.ensure_topics(every_topic())
        await steps.bring_up_to_date(service.database, definition.migrations)
        await keep(service)
        await known_client(service, **client_of(settings))
        yield service
    finally:
        await service.stop()
        await service.bus.close()
        service.workers.close()


def app_of(settings: Settings) -> FastAPI:
    """Return its app, at the path that its address has."""
    inner = FastAPI()

    @asynccontextmanager
    async def lifespan(whole: FastAPI) -> AsyncIterator[None]:
        async with opened(settings) as service:
            whole.mount("/identity", create_app(service, owns_lifespan=False))
            await service.start()
            yield

    inner.router.lifespan_context = lifespan
    return inner


async def first_link(settings: Settings) -> str | None:
    """Return the link that sets the first administrator's password; None where there are users already."""
    async with opened(settings) as service:
        return await starting.first_link(service)


async def first_opening(settings: Settings) -> None:
    """Make its tables where it never ran: commands take it as it is."""
    async with opened(settings):
        pass


async def portal_secret(settings: Settings) -> str:
    """Return what it knows the portal by."""
    async with opened(settings) as service:
        return await known_client(service, **client_of(settings))


async def token_of(settings: Settings, rights: Rights) -> str:
    """Return a token that holds for a day. Raises DomainError for a role that lacks whose things are its."""
    check(rights, machine=True)
    async with opened(settings) as service:
        async with service.begin(read_only=True) as uow:
            key, now = await signing_key(uow), uow.now
        claims = access_claims(issuer_of(service), new_id(), "try-out", "try-out", rights, now)
        return sign(key, service.sealer, claims | {"exp": int((now + HOLDS).timestamp())}, ACCESS_KIND)


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    settings = settings_in(data_directory() / "identity")
    match arguments:
        case ["serve"]:
            log_as_json(settings.log_level)
            listen(app_of(settings), settings)
        case ["token", *said]:
            print(asyncio.run(token_of(settings, _rights(said))))
        case ["users" | "clients" | "signing-key", *_]:
            asyncio.run(first_opening(settings))
            sys.exit(carry_out(parse(arguments), settings))
        case _:
            sys.exit(__doc__)


def _rights(said: list[str]) -> Rights:
    parser = argparse.ArgumentParser(prog="python -m tools.issuer token")
    parser.add_argument("roles", choices=[role.value for role in Role], nargs="+", metavar="role")
    for one, many in CLAIM.items():
        parser.add_argument(f"--{one}", dest=many, metavar="ID", action="append", default=[])
    return Rights.of(parser.parse_args(said))


if __name__ == "__main__":
    main(sys.argv[1:])
