"""What happens to the registry by itself: a registry outside is followed page by page, each page a unit of work."""

import structlog

from services.farmers.registry import following
from services.farmers.registry.client import Registry, RegistryUnavailable, registry_of
from shared.service import Job, Service

log = structlog.get_logger()


async def follow_registry(service: Service) -> int:
    """Take what changed in the registry the settings name; returns how many statuses are new."""
    return await follow(service, registry_of(service.settings))


async def follow(service: Service, registry: Registry) -> int:
    """Take what changed in a registry since the last time; returns how many statuses are new.

    A page is asked for outside any unit of work and taken in one; replicas that ask at the same time take it once.
    """
    recorded = 0
    while True:
        async with service.begin(read_only=True) as uow:
            cursor = await following.cursor_of(uow, registry.name)
        try:
            page = await registry.changes(cursor)
        except RegistryUnavailable as error:
            log.warning("registry-unavailable", registry=registry.name, error=str(error))
            async with service.begin() as uow:
                await following.note_failure(uow, registry.name, str(error))
            return recorded
        if page is None:
            return recorded
        async with service.begin() as uow:
            recorded += await following.take_page(uow, service.sealer, registry.name, cursor, page)
        if not page.more or page.cursor == cursor:
            return recorded


jobs = [Job("follow-registry", follow_registry, every_s=3600.0)]
