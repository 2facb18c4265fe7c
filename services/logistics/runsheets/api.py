"""Routes of the run sheet to print."""

from fastapi.responses import HTMLResponse

from services.logistics.parameters import TripId
from services.logistics.runsheets.page import page_of
from services.logistics.trips.runsheet import run_sheet
from shared.routing import UoW, service_router

router = service_router(prefix="/trips", tags=["trips"])


@router.get("/{trip_id}/run-sheet/page", response_class=HTMLResponse)
async def show_run_sheet(trip_id: TripId, uow: UoW) -> HTMLResponse:
    """Show a trip's run sheet as a page to print."""
    return HTMLResponse(page_of(await run_sheet(uow, trip_id)))
