"""How the services of this process know this issuer's tokens: its public keys, handed over without a request."""

from collections.abc import Callable

from services.identity.address import address_of
from services.identity.keys.usecases import published
from shared.auth.keys import Document, Keys
from shared.auth.tokens import Trust
from shared.service import Service
from shared.settings import Settings


def trust_in(settings: Settings, issuer: Callable[[], Service]) -> Trust:
    """Return what a service of this process needs in order to take the tokens of `issuer()`."""

    async def load() -> Document:
        async with issuer().begin(read_only=True) as uow:
            return {"keys": await published(uow)}

    return Trust(address_of(settings), settings.auth_audience, Keys(load))
