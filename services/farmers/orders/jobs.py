"""What happens to orders by itself: silence past the deadline is a decline."""

from services.farmers.orders import usecases
from shared.claiming import in_batches
from shared.service import Job, Service


async def decline_by_silence(service: Service) -> int:
    """Decline what nobody answered in time, 500 orders in a unit of work; returns how many."""
    return await in_batches(service, usecases.decline_silent_orders, usecases.SILENT_BATCH)


jobs = [Job("decline-by-silence", decline_by_silence, every_s=30.0)]
