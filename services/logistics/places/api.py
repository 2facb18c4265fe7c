"""Routes of places."""

from typing import Any

from services.logistics.parameters import InCounty
from services.logistics.places import queries
from services.logistics.places.schemas import Places
from shared.errors import DomainError
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/places", tags=["fleet"])
_KINDS = ("canteen", "cooperative", "depot")


@router.get("", response_model=Places)
async def list_places(uow: UoW, page: Page, county_code: InCounty = None) -> Any:
    """List where trips stop, with names and positions; `after` is the `next` of the page before."""
    rows = await queries.page_of(uow, page.limit + 1, county_code, _place(page.after))
    more = len(rows) > page.limit
    rows = rows[: page.limit]
    return {"items": rows, "next": f"{rows[-1].kind}.{rows[-1].place_id}" if more else None}


def _place(after: str | None) -> tuple[str, str] | None:
    if after is None:
        return None
    kind, _, place_id = after.partition(".")
    if kind not in _KINDS or not place_id:
        raise DomainError("cursor", "`after` is the `next` of the page before", field="after")
    return kind, place_id
