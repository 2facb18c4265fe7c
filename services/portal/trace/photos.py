"""Photos of harvests, for everybody: behind a link, so that the page of a meal stays light."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Path, Response

from services.portal.routing import page_router
from services.portal.upstream import Asking, Away, Upstream
from shared.fields import Id

router = page_router(tags=["trace"])
_AT_ONCE = 200


async def of_lots(services: Upstream, lot_ids: Sequence[str]) -> frozenset[str]:
    """Return which lots have a photo; none where nobody answers: a page without photos is one all the same."""
    if not lot_ids:
        return frozenset()
    told = (await services.parts(lots=services.get("farmers", "/lot-photos", {"lot_id": lot_ids[:_AT_ONCE]})))["lots"]
    return frozenset() if isinstance(told, Away) else frozenset(told["lot_ids"])


@router.get("/t/photos/{lot_id}")
async def photo(services: Asking, lot_id: Annotated[Id, Path(examples=["walk-1"])]) -> Response:
    """Show the photo of a harvest."""
    answer = await services.read("farmers", f"/lot-photos/{lot_id}")
    return Response(answer.content, media_type="image/jpeg", headers={"Cache-Control": "public, max-age=300"})
