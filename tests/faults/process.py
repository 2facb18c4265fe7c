"""`python -m tests.faults.process SERVICE [POINT NTH]`: a real service process that can be made to die at a point.

Its clock runs from the tests' start; it kills itself (as `kill -9` does) when it comes to POINT for the NTH time.

Points: `before-publish` (committed, not published), `after-publish` (published, still in the outbox), `before-offsets`
(handled and committed, offsets not).
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from itertools import count
from typing import Any

from shared.clock import RunningClock
from shared.service import Service, create_app
from shared.settings import Settings
from shared.standalone import listen, open_bus
from shared.telemetry import log_as_json
from tests.world import START

Coroutine = Callable[..., Awaitable[Any]]


class Bomb:
    """Kills this process at the nth call."""

    def __init__(self, nth: int) -> None:
        self._nth = nth
        self._calls = count(1)

    def tick(self) -> None:
        """Count a call that did something."""
        if next(self._calls) == self._nth:
            os.kill(os.getpid(), signal.SIGKILL)


def plant(service: Service, point: str, nth: int) -> None:
    """Plant the bomb at `point` of a service."""
    bomb = Bomb(nth)
    bus: Any = service.bus
    if point in ("before-publish", "after-publish"):
        bus.publish = _around(bus.publish, bomb, before=point == "before-publish")
    elif point == "before-offsets":
        subscribe = bus.subscribe

        async def subscribed(*arguments: Any) -> Any:
            subscription = await subscribe(*arguments)
            subscription.commit = _around(subscription.commit, bomb, before=True)
            return subscription

        bus.subscribe = subscribed
    else:
        sys.exit(f"unknown point {point}")


def _around(call: Coroutine, bomb: Bomb, *, before: bool) -> Coroutine:
    async def called(*arguments: Any) -> Any:
        if before:
            bomb.tick()
            return await call(*arguments)
        result = await call(*arguments)
        bomb.tick()
        return result

    return called


def main(name: str, point: str | None = None, nth: str = "1") -> None:
    """Serve one service, with or without a bomb."""
    settings = Settings()
    log_as_json(settings.log_level)
    definition = import_module(f"services.{name}.main").definition
    service = Service(definition, settings, open_bus(settings, name), RunningClock(START))
    if point is not None:
        plant(service, point, int(nth))
    listen(create_app(service), settings)


if __name__ == "__main__":
    main(*sys.argv[1:])
