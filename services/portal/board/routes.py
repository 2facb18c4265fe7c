"""The router of the board's pages; pages.py, trips.py and plans.py put theirs on it."""

from services.portal.routing import page_router

router = page_router(tags=["board"])
