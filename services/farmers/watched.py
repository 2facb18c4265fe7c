"""What of farmers somebody is to be woken by."""

from datetime import timedelta

from services.farmers.certificates import queries as certificates
from services.farmers.days import today
from shared.unit_of_work import UnitOfWork
from shared.watched import Watched

SOON = timedelta(days=30)


async def count(uow: UnitOfWork) -> dict[str, float]:
    """Count certificates that end soon and that none follows."""
    day = today(uow.now)
    return {"certificates_expiring": await certificates.count_expiring(uow.session, day, day + SOON)}


watched = Watched(
    {"certificates_expiring": f"Certificates that end within {SOON.days} days and that none follows"}, count
)
