"""Who signed at the gate, by name: shown to the school, forgotten on a person's request."""

from datetime import date
from typing import Any

from fastapi import Request, Response

from services.portal.forms import fields_of
from services.portal.receiving import views
from services.portal.receiving.asking import OrderId
from services.portal.routing import back_to, page_router
from services.portal.upstream import Asking, Away, Upstream

router = page_router(prefix="/receiving", tags=["receiving"])


async def of_day(services: Upstream, canteen_id: str, day: date) -> dict[str, list[str]]:
    """Return who signed a day's receipts, by order; nobody where logistics does not say."""
    told: dict[str, Any] = await services.parts(
        receipts=services.items("logistics", "/receipts", {"canteen_id": canteen_id, "day": day.isoformat()}),
        signers=services.get("logistics", f"/canteens/{canteen_id}/signers"),
    )
    if any(isinstance(part, Away) for part in told.values()):
        return {}
    return views.signed_by(told["receipts"], told["signers"]["items"])


@router.post("/{order_id}/forget")
async def forget(request: Request, services: Asking, order_id: OrderId) -> Response:
    """Forget what somebody is called who signed; the receipt stays."""
    fields = await fields_of(request)
    canteen_id, signer_id = (fields.text(name, longest=64) for name in ("canteen", "signer"))
    fields.check()
    await services.send("DELETE", "logistics", f"/canteens/{canteen_id}/signers/{signer_id}")
    return back_to(f"/receiving/{order_id}")
