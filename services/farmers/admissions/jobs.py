"""What happens to applications by themselves: those nobody answers for lapse."""

from services.farmers.admissions import usecases
from shared.service import Job, Service


async def lapse_unanswered(service: Service) -> int:
    """Let applications lapse whose applicants did not answer in time; returns how many."""
    lapsed = 0
    while True:
        async with service.begin() as uow:
            batch = await usecases.lapse(uow)
        lapsed += batch
        if batch < usecases.LAPSED_AT_ONCE:
            return lapsed


jobs = [Job("lapse-applications", lapse_unanswered, every_s=3600.0)]
