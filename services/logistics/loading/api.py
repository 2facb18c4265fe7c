"""Routes of the loading check."""

from services.logistics.loading import usecases
from services.logistics.loading.domain import Scan
from services.logistics.loading.schemas import LoadingCheck, RefusedScan, Scanned, Scans
from services.logistics.parameters import TripId
from shared.routing import UoW, service_router

router = service_router(prefix="/trips", tags=["loading check"])


@router.post("/{trip_id}/scans")
async def scan_lots(trip_id: TripId, body: Scans, uow: UoW) -> Scanned:
    """Check lots put on the vehicle: a wrong or a recalled one is refused with the reason, the others count."""
    verdicts = await usecases.scan(uow, trip_id, body.by, [Scan(one.lot_id, one.order_id) for one in body.scans])
    refused = [
        RefusedScan(index=index, lot_id=one.scan.lot_id, order_id=one.scan.order_id, rule=one.rule, detail=one.detail)
        for index, one in enumerate(verdicts)
        if one.rule is not None
    ]
    check = await usecases.loading_check(uow, trip_id)
    return Scanned(**check.model_dump(), refused=refused)


@router.get("/{trip_id}/loading-check")
async def read_loading_check(trip_id: TripId, uow: UoW) -> LoadingCheck:
    """Read which lots of a trip were scanned, which are missing, and which are blocked."""
    return await usecases.loading_check(uow, trip_id)
