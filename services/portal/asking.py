"""What every page may ask of its request."""

from datetime import date

from fastapi import Request

from services.portal.formats import today
from shared.errors import NotFound
from shared.service import Service

_MOST_DIGITS = 9


def day_of(request: Request) -> date:
    """Return today in Guizhou."""
    service: Service = request.app.state.service
    return today(service.clock.now())


def canteen_asked(request: Request, asked: str | None) -> str:
    """Return the canteen that was asked for, one's first where none was. Raises NotFound for who works in none."""
    own = sorted(request.state.person.principal.canteens)
    if asked is None and not own:
        raise NotFound("canteen", "-")
    return asked or own[0]


def number_of(text: str) -> int | None:
    """Return the number that stands in an address; None for what is none, or is longer than any that is meant."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
