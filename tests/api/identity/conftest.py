"""An issuer with a portal and two users, as most rules need it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.identity.main import definition
from services.identity.trust import trust_in
from shared.messaging.embedded import EmbeddedBus
from tests.api.identity.issuer import Issuer, settings_for
from tests.world import World


@pytest.fixture
async def issuer(tmp_path: Path) -> AsyncIterator[Issuer]:
    """Return an issuer that has its first key, a client and two users who have set their passwords."""
    bus = EmbeddedBus(tmp_path / "bus.sqlite")
    async with World([definition], bus, {"identity": settings_for(tmp_path)}) as world:
        service = world.services["identity"]
        service._trusts = [*service._trusts, trust_in(service.settings, lambda: service)]
        await world.settle()
        opened = Issuer(world)
        await opened.settle_in()
        yield opened
