"""The page that a browser keeps and shows for those it does not have."""

from fastapi import Request, Response

from services.portal.rendering import page
from services.portal.routing import page_router

router = page_router(tags=["offline"])


@router.get("/offline")
async def show_offline(request: Request) -> Response:
    """Say that there is no network, and which pages are there without one. It is nobody's page."""
    return page(request, "offline/offline.html")
