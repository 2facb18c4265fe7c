"""The portal's cookies: no script reads them, and over https none goes anywhere else (`__Host-`)."""

from fastapi import Request, Response

from services.portal.address import is_secure
from shared.settings import Settings

SESSION, ATTEMPT, KEPT = "cloud", "cloud-attempt", "cloud-kept"


def read(request: Request, name: str) -> str | None:
    """Return a cookie's text, None where there is none."""
    return request.cookies.get(_name(request.app.state.service.settings, name))


def give(request: Request, answer: Response, name: str, text: str, lasts_s: int) -> None:
    """Give a browser a cookie for so many seconds."""
    settings = request.app.state.service.settings
    answer.set_cookie(
        _name(settings, name),
        text,
        max_age=lasts_s,
        path="/",
        secure=is_secure(settings),
        httponly=True,
        samesite="lax",
    )


def take(request: Request, answer: Response, name: str) -> None:
    """Let a browser forget a cookie."""
    settings = request.app.state.service.settings
    answer.delete_cookie(_name(settings, name), path="/", secure=is_secure(settings), httponly=True, samesite="lax")


def _name(settings: Settings, name: str) -> str:
    return f"__Host-{name}" if is_secure(settings) else name
