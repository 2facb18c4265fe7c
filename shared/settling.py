"""Settling: move every event of some services in one process to where it belongs, without sleeping.

For tests and the demo: nothing runs in the background, and what follows from a step has followed.
"""

from collections.abc import Collection

from shared.service import Service


async def settle(services: Collection[Service], *, jobs: bool = True) -> None:
    """Publish and handle until nothing is left to do: outboxes, inboxes, parked events, then jobs (if wanted)."""
    while True:
        while await _move(services):
            pass
        if not jobs or not sum([await service.run_jobs() for service in services]):
            return


async def _move(services: Collection[Service]) -> int:
    moved = sum([await service.relay.drain() for service in services])
    return moved + sum([await _drain(service) for service in services if service.definition.handlers.types()])


async def _drain(service: Service) -> int:
    moved = await service.consumer.step(0.0)
    while await service.consumer.joined().lag():
        moved += await service.consumer.step(0.2)
    return moved + await service.consumer.retry_parked(all_now=True)
