"""A service that is asked to end is gone in its time, whatever its parts make of it."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from services.logistics.main import definition
from shared.messaging.embedded import EmbeddedBus
from shared.service import Job, Service, create_app
from shared.settings import Settings
from tests.world import KEY

GRACE_S = 20.0
REQUESTS_S = 7.0
"""What requests under way have before it (`shared.standalone`)."""


async def _deaf(_service: Service) -> int:
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        await asyncio.sleep(3600)
    return 0


async def _never() -> None:
    await asyncio.sleep(3600)


async def test_a_service_ends_though_its_parts_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that swallows its cancellation, a consumer and a bus that hang as they close: nobody waits long."""
    bus = EmbeddedBus(tmp_path / "bus.sqlite")
    told = Settings(var=tmp_path)
    service = Service(replace(definition, jobs=(Job("deaf", _deaf, 1.0),)), told, bus, trusts=[KEY.trust()])
    monkeypatch.setattr(service.consumer, "close", _never)
    monkeypatch.setattr(service, "bus", SimpleNamespace(close=_never))
    app = create_app(service)
    async with asyncio.timeout(2 * GRACE_S):
        async with app.router.lifespan_context(app):
            await asyncio.sleep(0.2)
            began = time.monotonic()
        took_s = time.monotonic() - began
    assert took_s < GRACE_S - REQUESTS_S
    await service.database.close()
    await bus.close()
