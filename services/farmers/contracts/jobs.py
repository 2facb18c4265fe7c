"""What happens to contracts by themselves: an offer under one is over, and what it did not sell is left again."""

from services.farmers.contracts import telling
from shared.service import Job, Service


async def tell_contracts(service: Service) -> int:
    """Tell contracts the calendar gave grams back to, and those nobody told yet; returns how many."""
    told = 0
    while True:
        async with service.begin() as uow:
            batch = await telling.tell_due(uow)
        told += batch
        if batch < telling.BATCH:
            return told


jobs = [Job("tell-contracts", tell_contracts, every_s=600.0)]
