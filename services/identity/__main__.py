"""`python -m services.identity COMMAND`: users, passwords and keys of the default set-up, beside it while it runs.

The issuer itself is served by `python -m services`, with all services in one process.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import ValidationError

from services.identity.accounts import queries as accounts
from services.identity.accounts.schemas import UserIn
from services.identity.accounts.usecases import add
from services.identity.keys.usecases import rotate
from services.identity.main import definition
from services.identity.passwords.usecases import new_link
from services.identity.rights import CLAIM
from shared import steps
from shared.auth.principal import Role
from shared.errors import DomainError, NotFound
from shared.service import Service
from shared.settings import Settings
from shared.standalone import open_bus


def main(arguments: list[str] | None = None, settings: Settings | None = None) -> None:
    """Run one command, with the settings of the environment unless others are given."""
    options = _parser().parse_args(arguments)
    try:
        print(asyncio.run(_run(options, settings or Settings())))
    except (DomainError, ValueError) as error:
        sys.exit(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.identity", description=__doc__)
    commands = parser.add_subparsers(required=True)
    new = commands.add_parser("add-user", help="make a user; prints the one-time link that sets the password")
    new.add_argument("login")
    new.add_argument("--role", dest="roles", action="append", required=True, choices=[role.value for role in Role])
    for one, many in CLAIM.items():
        new.add_argument(f"--{one}", dest=many, action="append", default=[], help="may come several times")
    new.set_defaults(run=_add_user)
    reset = commands.add_parser("reset-password", help="print a one-time link that sets another password")
    reset.add_argument("login")
    reset.set_defaults(run=_reset_password)
    keys = commands.add_parser("rotate-keys", help="publish the next signing key; it signs an hour later")
    keys.add_argument("--at-once", action="store_true", help="a key is no secret any more: end every token now")
    keys.set_defaults(run=_rotate_keys)
    return parser


async def _run(options: argparse.Namespace, settings: Settings) -> str:
    async with _opened(settings) as service:
        said: str = await options.run(service, options)
        return said


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Service]:
    service = Service(definition, settings, open_bus(settings, definition.name))
    try:
        await steps.bring_up_to_date(service.database, definition.migrations)
        yield service
    finally:
        await service.stop()
        await service.bus.close()
        service.workers.close()


async def _add_user(service: Service, options: argparse.Namespace) -> str:
    wanted = {name: getattr(options, name) for name in UserIn.model_fields}
    try:
        said = UserIn.model_validate(wanted)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    async with service.begin() as uow:
        user = await add(uow, said.login, said.said())
        return await new_link(uow, service.settings, user.user_id)


async def _reset_password(service: Service, options: argparse.Namespace) -> str:
    async with service.begin() as uow:
        user = await accounts.by_login(uow.session, options.login)
        if user is None:
            raise NotFound("user", options.login)
        return await new_link(uow, service.settings, user.user_id)


async def _rotate_keys(service: Service, options: argparse.Namespace) -> str:
    key = await rotate(service, at_once=options.at_once)
    return f"{key.kid} signs from {key.signs_from:%F %T} UTC"


if __name__ == "__main__":
    main()
