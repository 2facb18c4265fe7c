"""What every template of the board needs of who looks, and parameters its pages share."""

from typing import Annotated, Any

from fastapi import Path, Query, Request

from services.portal.board.views import OFFICE, WORDS
from services.portal.forms import Form
from shared.fields import Id

OfTrip = Annotated[Id | None, Query(alias="trip")]
TripId = Annotated[Id, Path()]


def seen(request: Request) -> dict[str, Any]:
    """Return what every template needs: words, the language, and whether who looks changes something."""
    may_act = bool(request.state.person.roles & OFFICE)
    return {**WORDS, "language": request.state.language, "may_act": may_act, "into_trip": _into_trip}


def _into_trip(path: str) -> dict[str, str]:
    """Return what lets htmx send a form and show the answer where the trip is that is looked at."""
    return {"hx-post": path, "hx-target": "#trip", "hx-swap": "innerHTML"}


def said(form: Form) -> str | None:
    """Return what is wrong with a form that has no fields to say it at (a msgid)."""
    return form.fault or next(iter(form.faults.values()), None)
