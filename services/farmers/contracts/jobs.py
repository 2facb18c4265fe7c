"""What happens to contracts by themselves: an offer under one is over, and what it did not sell is left again."""

from services.farmers.contracts import telling
from shared.claiming import in_batches
from shared.service import Job, Service


async def tell_contracts(service: Service) -> int:
    """Tell contracts the calendar gave grams back to, and those nobody told yet; returns how many."""
    return await in_batches(service, telling.tell_due, telling.BATCH)


jobs = [Job("tell-contracts", tell_contracts, every_s=600.0)]
