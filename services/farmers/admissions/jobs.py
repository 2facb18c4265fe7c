"""What happens to applications by themselves: those nobody answers for lapse."""

from services.farmers.admissions import usecases
from shared.claiming import in_batches
from shared.service import Job, Service


async def lapse_unanswered(service: Service) -> int:
    """Let applications lapse whose applicants did not answer in time; returns how many."""
    return await in_batches(service, usecases.lapse, usecases.LAPSED_AT_ONCE)


jobs = [Job("lapse-applications", lapse_unanswered, every_s=3600.0)]
