"""What happens to certificates by themselves: they expire, and offers are held back or released."""

from services.farmers.certificates import holding
from shared.claiming import in_batches
from shared.service import Job, Service


async def review_offers(service: Service) -> int:
    """Hold back offers whose certificates are over, release those that have them; returns how many."""
    return await in_batches(service, holding.review, holding.BATCH)


jobs = [Job("review-offers", review_offers, every_s=600.0)]
