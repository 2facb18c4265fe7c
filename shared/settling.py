"""Settling: move every event of some services in one process to where it belongs, without sleeping.

For tests and the demo: nothing runs in the background, and what follows from a step has followed.
"""

from collections.abc import Collection

from shared.service import Service


async def settle(services: Collection[Service], *, jobs: bool = True) -> None:
    """Publish and handle until nothing is left to do: jobs (if wanted), outboxes, inboxes, parked events."""
    while await _move(services, jobs=jobs):
        pass


async def _move(services: Collection[Service], *, jobs: bool) -> int:
    moved = 0
    for service in services:
        moved += await service.run_jobs() if jobs else 0
        moved += await service.relay.drain()
    for service in services:
        if service.definition.handlers.types():
            moved += await _drain(service)
    return moved


async def _drain(service: Service) -> int:
    moved = await service.consumer.step(0.0)
    while await service.consumer.joined().lag():
        moved += await service.consumer.step(0.2)
    return moved + await service.consumer.retry_parked(all_now=True)
