"""What of logistics somebody is to be woken by."""

from datetime import timedelta

from services.logistics.coldchain import queries as coldchain
from services.logistics.plans.domain import SCHOOL_TIME
from services.logistics.tracking import board, queries
from shared.unit_of_work import UnitOfWork
from shared.watched import Watched


async def count(uow: UnitOfWork) -> dict[str, float]:
    """Count trips on their way that are late, warm or silent as the board says, and alarms nobody looked at."""
    rows = await queries.under_way(uow, uow.now.astimezone(SCHOOL_TIME).date() - timedelta(days=1))
    trips = await board.on_board(uow, rows)
    return {
        "trips_under_way": len(trips),
        "late_trips": sum(trip.late_minutes > 0 for trip in trips),
        "warm_trips": sum(trip.warm for trip in trips),
        "silent_trips": sum(trip.silent for trip in trips),
        "temperature_alarms": await coldchain.count_unseen(uow, "outside"),
    }


watched = Watched(
    {
        "trips_under_way": "Trips on their way",
        "late_trips": "Trips on their way that come late to where they set something down",
        "warm_trips": "Trips on their way outside the limit of what they carry, or that were for too long",
        "silent_trips": "Trips on their way of which nothing was heard for too long",
        "temperature_alarms": "Alarms of load spaces outside their limit that nobody has acknowledged",
    },
    count,
)
