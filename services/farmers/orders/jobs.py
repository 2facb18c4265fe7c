"""What happens to orders by itself: silence past the deadline is a decline."""

from services.farmers.orders import usecases
from shared.service import Job, Service


async def decline_by_silence(service: Service) -> int:
    """Decline what nobody answered in time, 500 orders in a unit of work; returns how many."""
    declined = 0
    while True:
        async with service.begin() as uow:
            batch = await usecases.decline_silent_orders(uow)
        declined += batch
        if batch < usecases.SILENT_BATCH:
            return declined


jobs = [Job("decline-by-silence", decline_by_silence, every_s=30.0)]
