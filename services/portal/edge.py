"""Around every page: the cookie becomes the token that the shared guard reads, refusals become pages, headers are set.

What comes in `Authorization` is thrown away: a token counts only where the portal put it, behind a cookie.
"""

import json
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.portal import cookies, languages
from services.portal.address import is_secure, issuer_of
from services.portal.feedback.domain import role_of
from services.portal.forms import Fields
from services.portal.offline.answers import by_outbox, with_meaning
from services.portal.refusals import meaning_of
from services.portal.rendering import page
from services.portal.sessions import keeping, usecases
from services.portal.urls import parts_of
from services.portal.usage.counting import count
from shared.errors import DomainError
from shared.problems import of_domain_error, problem
from shared.settings import Settings
from shared.telemetry import PROBES

_BARE = ("/static/", *PROBES)
_PROBLEM = "application/problem+json"
_LANGUAGE_S = 365 * 24 * 3600
_LONGEST_KEPT = 300_000
log = structlog.get_logger()


class Pages:
    """ASGI middleware of the portal."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as somebody, and its answer on as a page."""
        if scope["type"] != "http" or scope["path"].startswith(_BARE):
            return await self._app(scope, receive, send)
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
        heard = _Heard(receive)
        request = Request(scope, heard)
        request.state.language = _language(request)
        request.state.person = request.state.kept = None
        answering = _Answering(request, send)
        try:
            await _sign_in(request)
            await self._app(scope, heard, answering.send)
        except DomainError as refused:  # the issuer is away, so nobody is known
            await of_domain_error(refused)(scope, heard, answering.send)
        except Exception:
            if answering.begun:
                raise
            log.exception("page-failed", method=request.method, path=request.url.path)
            failed = problem(500, "Failure", "failure", "something went wrong on our side, nothing changed")
            await failed(scope, heard, answering.send)
        if answering.sent_kept:
            await keeping.drop(request.app.state.service, cookies.read(request, cookies.KEPT) or "")
        if answering.problem is not None:
            answer = await _told(request, heard, answering.problem)
            await answer(scope, heard, answering.pass_on)
        return None


class _Heard:
    """What was received, kept while it is short: a form may be wanted again after it was refused."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read = bytearray()
        self._whole = self._too_long = False

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request" and not self._too_long:
            self._read += message.get("body", b"")
            self._whole = not message.get("more_body", False)
            self._too_long = len(self._read) > _LONGEST_KEPT
        return message

    async def again(self) -> Receive | None:
        """Return what gives the whole body once more; None where it is too long."""
        while not self._whole and not self._too_long:
            if (await self())["type"] == "http.disconnect":
                return None
        body = bytes(self._read)

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        return None if self._too_long else receive


class _Answering:
    """Passes answers on with the headers of pages; a problem is held back where a person is to read it."""

    def __init__(self, request: Request, send: Send) -> None:
        self._request = request
        self._send = send
        self._held: Message | None = None
        self._body = bytearray()
        self.begun = self.sent_kept = False
        self.problem: dict[str, Any] | None = None

    async def send(self, message: Message) -> None:
        """Pass on a part of an answer, or hold it back."""
        if message["type"] == "http.response.start":
            self.begun = True
            is_problem = MutableHeaders(scope=message).get("content-type") == _PROBLEM
            if is_problem and (_reads(self._request) or by_outbox(self._request)):
                self._held = message
                return
        if self._held is None:
            await self.pass_on(message)
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                self.problem = {**json.loads(self._body), "retry_after": _retry_after(self._held)}

    async def pass_on(self, message: Message) -> None:
        """Pass on a part of an answer as it is, with the headers of pages."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            settings: Settings = self._request.app.state.service.settings
            if headers.get("content-type", "").startswith("text/html"):
                _count(self._request, message["status"])
                headers.update(_headers(settings))
                headers.add_vary_header("Cookie, Accept-Language, HX-Request")
            _remember_language(self._request, message)
            self._forget_kept(message)
        await self._send(message)

    def _forget_kept(self, start: Message) -> None:
        """Let the browser forget a kept form that was sent now, and taken."""
        kept, request = self._request.state.kept, self._request
        if kept is None or request.method != "POST" or request.url.path != kept.action or start["status"] >= 400:
            return
        self.sent_kept = True
        answer = Response()
        cookies.take(request, answer, cookies.KEPT)
        start["headers"] = [*start["headers"], (b"set-cookie", answer.headers["set-cookie"].encode())]


def _count(request: Request, status: int) -> None:
    """Count a page that is shown whole, by its route: no address, no id, nobody."""
    route = getattr(request.scope.get("route"), "path", None)
    if request.method == "GET" and status == 200 and route and "hx-request" not in request.headers:
        person = request.state.person
        count(request.app.state.service, route, role_of(None if person is None else person.principal))


def _reads(request: Request) -> bool:
    """Whether a person reads the answer: a browser asks for a page, or htmx for a part of one."""
    return "text/html" in request.headers.get("accept", "") or "hx-request" in request.headers


def _retry_after(start: Message) -> str | None:
    return MutableHeaders(scope=start).get("retry-after")


async def _sign_in(request: Request) -> None:
    """Let the request be somebody's, if its cookie is. Raises Away, NoKeys."""
    service = request.app.state.service
    person = await usecases.find(service, cookies.read(request, cookies.SESSION))
    request.state.person = person
    if person is not None:
        request.scope["headers"].append((b"authorization", f"Bearer {person.token}".encode()))
        request.state.kept = await keeping.kept(service, cookies.read(request, cookies.KEPT), person)


async def _told(request: Request, heard: _Heard, told: dict[str, Any]) -> Response:
    """Return what a person is shown for a refusal; the refusal itself where not even that can be made."""
    try:
        return await _answer_to(request, heard, told)
    except Exception:
        log.exception("page-failed", method=request.method, path=request.url.path)
        return JSONResponse(told, int(told["status"]), media_type=_PROBLEM)


async def _answer_to(request: Request, heard: _Heard, told: dict[str, Any]) -> Response:
    """Return what a person is shown for a refusal: who is not signed in is sent to do so, and back.

    An outbox gets the refusal itself, with what it means to a person.
    """
    status, rule = int(told["status"]), str(told["rule"])
    if by_outbox(request):
        return with_meaning(request, told)
    if status == 401:
        return await _sign_in_first(request, heard)
    headers = {"Retry-After": told["retry_after"]} if told["retry_after"] else None
    meaning = meaning_of(status, rule)
    return page(request, "problem.html", status, headers, problem=meaning, code=status, rule=rule)


async def _sign_in_first(request: Request, heard: _Heard) -> Response:
    service, person = request.app.state.service, request.state.person
    by_htmx = "hx-request" in request.headers
    back, cookie = _page_of(request), None
    if request.method == "POST" and (fields := await _sent(request, heard)) is not None:
        sent_from = fields.sent_from
        back = sent_from if sent_from and is_path(sent_from) else back
        subject = await usecases.subject_of(service, cookies.read(request, cookies.SESSION))
        cookie = await keeping.keep(service, request.url.path, fields, subject)
    if person is not None:  # a service takes the token no more: to come back with it would lead in circles
        await usecases.end(service, person.session_id)
    where = f"/sign-in?back={quote(back, safe='')}"
    answer = Response(status_code=401, headers={"HX-Redirect": where}) if by_htmx else RedirectResponse(where, 303)
    if cookie is not None:
        cookies.give(request, answer, cookies.KEPT, cookie, int(keeping.KEPT.total_seconds()))
    return answer


async def _sent(request: Request, heard: _Heard) -> Fields | None:
    """Return the form that was sent; None where it was too long to be kept, or is none that anybody can read."""
    if (again := await heard.again()) is None:
        return None
    sent = Request(request.scope, again)
    try:
        return Fields(await sent.form())
    except (HTTPException, MultiPartException):
        return None
    finally:
        await sent.close()  # files that came with it: what is kept is text


def _page_of(request: Request) -> str:
    """Return the page a request is about: its own address where it reads, else the one it was sent from."""
    if request.method == "GET" and "hx-request" not in request.headers:
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    parts = parts_of(request.headers.get("hx-current-url") or request.headers.get("referer"))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return path if is_path(path) else "/"


def is_path(text: str) -> bool:
    """Whether a text is a path of ours: nothing that a browser would take for another host."""
    return text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text


def _language(request: Request) -> str:
    accepted = request.headers.get("accept-language", "")
    asked, kept = request.query_params.get("lang"), request.cookies.get(languages.COOKIE)
    return languages.language_of(asked, kept, accepted)


def _remember_language(request: Request, start: Message) -> None:
    if request.query_params.get("lang") in languages.CATALOGS:
        answer = Response()
        secure = is_secure(request.app.state.service.settings)
        answer.set_cookie(
            languages.COOKIE, request.state.language, max_age=_LANGUAGE_S, path="/", secure=secure, samesite="lax"
        )
        start["headers"] = [*start["headers"], (b"set-cookie", answer.headers["set-cookie"].encode())]


def _headers(settings: Settings) -> dict[str, str]:
    issuer = parts_of(issuer_of(settings))
    return {
        "content-security-policy": (
            "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
            # Browsers ask for the issuer, too, where the form that signs out leads on to it.
            f"frame-ancestors 'none'; form-action 'self' {issuer.scheme}://{issuer.netloc}"
        ),
        # Not no-referrer: with it browsers hide whence a form comes, also from us.
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(self), geolocation=(self), microphone=()",
    }
