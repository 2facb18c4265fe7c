"""The router of the pages of offers, which modules share: those of certificates come first."""

from services.portal.routing import page_router

router = page_router(prefix="/offers", tags=["offers"])
