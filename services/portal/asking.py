"""What every page may ask of its request."""

from datetime import date

from fastapi import Request

from services.portal.formats import today
from shared.service import Service


def day_of(request: Request) -> date:
    """Return today in Guizhou."""
    service: Service = request.app.state.service
    return today(service.clock.now())
