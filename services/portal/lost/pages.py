"""What stands at every path that no page has."""

from typing import Annotated

from fastapi import Path, Request

from services.portal.routing import page_router
from shared.errors import NotFound

router = page_router(tags=["lost"])


@router.get("/{path:path}")
async def no_such_page(_request: Request, path: Annotated[str, Path()]) -> None:
    """Say that there is no such page."""
    raise NotFound("page", f"/{path}"[:200])
