"""What happens to memberships by itself: they begin and end, and so do statuses."""

from services.farmers.memberships import usecases
from shared.service import Job, Service


async def count_members(service: Service) -> int:
    """Tell the new counts of cooperatives that changed with the day; returns how many."""
    async with service.begin() as uow:
        return await usecases.recount_of_the_day(uow)


jobs = [Job("count-members", count_members, every_s=1800.0)]
