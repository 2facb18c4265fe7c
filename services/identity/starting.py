"""The first start: somebody must be able to sign in, and nobody may have a password that others know."""

from services.identity.accounts import queries as accounts
from services.identity.accounts.usecases import add
from services.identity.passwords.usecases import new_link
from services.identity.rights import Rights
from shared.auth.principal import EVERYWHERE, Role
from shared.service import Service

ADMINISTRATOR = "administrator"
_RIGHTS = Rights(roles=(Role.ADMINISTRATOR,), counties=(EVERYWHERE,))


async def first_link(service: Service) -> str | None:
    """Make the first administrator; returns the one-time link by which the password is set, to be shown once.

    None where there are users already; who lost the link makes another (`python -m services users password`).
    """
    async with service.begin() as uow:
        if await accounts.any_there(uow.session):
            return None
        user = await add(uow, ADMINISTRATOR, _RIGHTS)
        return await new_link(uow, service.settings, user.user_id)


def greeting(link: str) -> str:
    """Say what to do with the first link."""
    return (
        f"Nobody can sign in yet. Set the password of {ADMINISTRATOR} within three days; the link works once:\n{link}"
    )
