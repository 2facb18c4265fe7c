"""Routes of tracking."""

from typing import Any

from services.logistics.parameters import TripId
from services.logistics.tracking import queries, usecases
from services.logistics.tracking.schemas import ExcursionRead, Points, PointsAnswer, PointsInput
from services.logistics.trips import queries as trips
from shared.errors import DomainError
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/trips", tags=["tracking"])


@router.post("/{trip_id}/points")
async def keep_points(trip_id: TripId, body: PointsInput, uow: UoW) -> PointsAnswer:
    """Keep a device's readings; late, repeated and out of order is fine."""
    stored = await usecases.keep_points(uow, trip_id, body.device_id, body.points)
    broken = [
        ExcursionRead.model_validate(row, from_attributes=True) for row in await queries.excursions_of(uow, trip_id)
    ]
    return PointsAnswer(stored=stored, known=len(body.points) - stored, excursions=broken)


@router.get("/{trip_id}/points", response_model=Points)
async def list_points(trip_id: TripId, uow: UoW, page: Page) -> Any:
    """List a trip's readings by device and sequence; `after` is the `next` of the page before."""
    await trips.read_trip(uow, trip_id)
    rows = await queries.page_of(uow, trip_id, page.limit + 1, _place(page.after))
    more = len(rows) > page.limit
    rows = rows[: page.limit]
    return {"items": rows, "next": f"{rows[-1].device_id}.{rows[-1].sequence}" if more else None}


def _place(after: str | None) -> tuple[str, int] | None:
    if after is None:
        return None
    device_id, _, sequence = after.rpartition(".")
    if not sequence.isascii() or not sequence.isdigit() or len(sequence) > 10:
        raise DomainError("cursor", "`after` is the `next` of the page before", field="after")
    return device_id, min(int(sequence), 2_000_000_000)
