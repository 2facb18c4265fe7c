"""What the pages of an order at the gate ask for."""

from typing import Annotated, Any

from fastapi import Path, Request

from services.portal.naming import food_names
from services.portal.reasons import REFUSED
from services.portal.receiving import views
from services.portal.rendering import page_of
from services.portal.upstream import Away, Upstream
from shared.fields import Id

OrderId = Annotated[Id, Path(examples=["0b8f4d0e-6d0e-5a50-9d0b-2f7c6b1f3f10"])]


async def shown(request: Request, services: Upstream, order_id: str) -> dict[str, Any]:
    """Return what the page of an order needs: its delivery, its receipt where it is signed. Raises Away, Refused."""
    told = await services.get("logistics", f"/consignments/{order_id}")
    language = page_of(request).language
    names = await food_names(services, views.foods_in([told]), language)
    delivery = views.delivery_of(told, names, language)
    receipt: Any = None
    signers: list[views.Signer] = []
    if delivery.status == "received":
        query = {"canteen_id": delivery.canteen_id, "day": delivery.day}
        try:
            found = await services.items("logistics", "/receipts", query)
        except Away as away:
            receipt = away
        else:
            receipt = next((one for one in found if one["order_id"] == order_id), None)
            signers = [] if receipt is None else await _signers(services, receipt)
    choices = {"reasons": REFUSED, "goes": views.GOES, "statuses": views.STATUS}
    lost = request.query_params.get("photo") == "lost"
    told_of = {"delivery": delivery, "receipt": receipt, "signers": signers}
    return told_of | {"names": names, "photo_lost": lost} | choices


async def _signers(services: Upstream, receipt: views.Told) -> list[views.Signer]:
    """Return who signed a receipt last, as far as it is known; a page without their names is one all the same."""
    where = f"/canteens/{receipt['canteen_id']}/signers"
    told = (await services.parts(signers=services.get("logistics", where)))["signers"]
    return [] if isinstance(told, Away) else views.signers_of(receipt, told["items"])
