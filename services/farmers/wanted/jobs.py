"""What happens to what is still wanted by itself: sums are brought up to date, every county is told once a week."""

from services.farmers.guidance import changes
from services.farmers.guidance import usecases as guidance
from services.farmers.wanted import usecases
from shared.service import Job, Service

_BATCH = 100


async def bring_up_to_date(service: Service) -> int:
    """Bring the weekly sums of all counties up to date, each by itself; returns how many had changed."""
    done = 0
    while True:
        async with service.begin(read_only=True) as uow:
            counties = await changes.counties(uow.session, _BATCH)
        for county_code in counties:
            async with service.begin() as uow:
                done += await guidance.bring_up_to_date(uow, county_code)
        if len(counties) < _BATCH:
            return done


async def publish_wanted(service: Service) -> int:
    """Publish what every county still wants that was told nothing this week; returns how many.

    A province is reckoned in one pass, before anything is locked.
    """
    published = 0
    while True:
        async with service.begin(read_only=True) as uow:
            counties = await usecases.unpublished(uow, _BATCH)
            if not counties:
                return published
            now = await usecases.still_wanted(uow, counties)
        async with service.begin() as uow:
            published += await usecases.publish(uow, counties, now)
        if len(counties) < _BATCH:
            return published


jobs = [
    Job("sum-supply", bring_up_to_date, every_s=60.0),
    Job("publish-wanted", publish_wanted, every_s=900.0),
]
