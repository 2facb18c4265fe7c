"""What happens to what is still wanted by itself: every county is told once a week."""

from services.farmers.wanted import usecases
from shared.service import Job, Service

_BATCH = 100


async def publish_wanted(service: Service) -> int:
    """Publish what every county still wants that was told nothing this week; returns how many.

    A province is reckoned in one pass, before anything is locked; each county is published by itself.
    """
    published = 0
    while True:
        async with service.begin(read_only=True) as uow:
            counties = await usecases.unpublished(uow, _BATCH)
            if not counties:
                return published
            now = await usecases.still_wanted(uow, counties)
        for county_code in counties:
            async with service.begin() as uow:
                published += await usecases.publish(uow, county_code, now)
        if len(counties) < _BATCH:
            return published


jobs = [Job("publish-wanted", publish_wanted, every_s=900.0)]
