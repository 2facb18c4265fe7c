"""What our own pages need against forged requests: a cookie of the browser, a token in the form, and whence it came."""

import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request, Response

from services.identity.address import address_of
from services.identity.opaque import new_text
from shared.service import Service

SESSION = "cloud-sign-in"
_FORM = "cloud-form"


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser, known by a random cookie; `token` goes into the forms it is given."""

    cookie: str
    token: str
    known: bool


def browser_of(service: Service, request: Request) -> Browser:
    """Return the browser a request comes from; one that is new gets its cookie by `remember`."""
    cookie = request.cookies.get(_FORM)
    if cookie is not None and 20 <= len(cookie) <= 100:
        return Browser(cookie, service.sealer.index(cookie, "form"), True)
    fresh = new_text()
    return Browser(fresh, service.sealer.index(fresh, "form"), False)


def is_ours(service: Service, request: Request, token: str) -> bool:
    """Whether a form was given to this browser by us and is sent from our page."""
    browser = browser_of(service, request)
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return False
    wanted = service.sealer.indexes(browser.cookie, "form")
    return browser.known and any(hmac.compare_digest(token.encode(), one.encode()) for one in wanted)


def remember(service: Service, answer: Response, browser: Browser) -> None:
    """Give a browser its cookie."""
    set_cookie(service, answer, _FORM, browser.cookie, strict=True)


def set_cookie(service: Service, answer: Response, name: str, value: str, *, strict: bool = False) -> None:
    """Set a cookie no script reads, until the browser is closed; over https only, where we are there."""
    address = urlsplit(address_of(service.settings))
    answer.set_cookie(
        name,
        value,
        path=address.path or "/",
        secure=address.scheme == "https",
        httponly=True,
        samesite="strict" if strict else "lax",
    )


def drop_cookie(service: Service, answer: Response, name: str) -> None:
    """Let a browser forget a cookie."""
    address = urlsplit(address_of(service.settings))
    answer.delete_cookie(name, path=address.path or "/", secure=address.scheme == "https", httponly=True)
