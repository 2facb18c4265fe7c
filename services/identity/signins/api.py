"""Routes of signing in and out: pages for people, addresses for clients' redirects."""

from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.identity import forms, pages
from services.identity.lockouts.usecases import MustWait
from services.identity.oauth import OAuthError, documented, fields_of, form_of
from services.identity.samples.offers import offered
from services.identity.samples.usecases import sample
from services.identity.serving import ServiceOf
from services.identity.signins import sessions, usecases
from services.identity.signins.requests import Asked, Refusal, Unaddressed, asked_for
from services.identity.words import WORDS, waiting
from shared.errors import DomainError, Overloaded
from shared.routing import guarded_router
from shared.service import Service

router = guarded_router(tags=["signing in"])

_SIGNING_IN = {"request": "response_type=code&client_id=portal&…", "form": "…", "login": "clerk", "password": "…"}
_PARAMETERS: dict[str, Any] = {
    "parameters": [
        {"name": name, "in": "query", "required": needed, "schema": {"type": "string"}, "example": example}
        for name, needed, example in (
            ("response_type", True, "code"),
            ("client_id", True, "portal"),
            ("redirect_uri", True, "https://portal.example/signed-in"),
            ("scope", False, "openid profile"),
            ("state", False, "af0ifjsldkj"),
            ("nonce", False, "n-0S6_WzA2Mj"),
            ("code_challenge", True, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", True, "S256"),
            ("prompt", False, "login"),
            ("max_age", False, "3600"),
            ("ui_locales", False, "zh"),
        )
    ]
}


@router.get("/authorize", response_class=HTMLResponse, response_model=None, openapi_extra=_PARAMETERS)
async def authorize(service: ServiceOf, request: Request) -> Response:
    """Begin a sign-in by authorization code with PKCE: a page, or the code at once where somebody is signed in."""
    text = request.url.query
    try:
        asked = await asked_for(service, text)
        async with service.begin(read_only=True) as uow:
            found = await sessions.present(service, uow, request.cookies.get(forms.SESSION))
            signed_in = found is not None and asked.takes(found[0].signed_in_at, uow.now)
        if found is not None and signed_in:
            return _sent(await usecases.give_code(service, asked, found[0]))
        if asked.silent:
            raise asked.refusal("login_required", "nobody is signed in here")
    except Unaddressed as error:
        return _unaddressed(request, error)
    except Refusal as refusal:
        return _sent(usecases.sent_to(service, refusal.redirect_uri, refusal.told))
    return _page(service, request, asked, login=asked.login_hint)


@router.post("/sign-in", response_model=None, openapi_extra=documented(_SIGNING_IN, *_SIGNING_IN))
async def sign_in(service: ServiceOf, request: Request) -> Response:
    """Take login and password from our page, and send the browser back to its client with a code."""
    try:
        fields = await form_of(request)
        asked = await asked_for(service, fields.get("request", ""))
    except (Unaddressed, OAuthError) as error:
        return _unaddressed(request, error)
    except Refusal as refusal:
        return _sent(usecases.sent_to(service, refusal.redirect_uri, refusal.told))
    login = fields.get("login", "").strip().lower()[:64]
    if not forms.is_ours(service, request, fields.get("form", "")):
        return _page(service, request, asked, login=login, wrong="form-over", status=400)
    try:
        return await _signed_in(service, request, asked, fields, login)
    except usecases.Wrong:
        return _page(service, request, asked, login=login, wrong="wrong", status=401)
    except usecases.Locked:
        return _page(service, request, asked, login=login, wrong="locked", status=403)
    except Overloaded:
        return _page(service, request, asked, login=login, wrong="busy", status=503)
    except MustWait as wait:
        answer = _page(service, request, asked, login=login, wait=wait.seconds, status=429)
        answer.headers["Retry-After"] = str(wait.seconds)
        return answer


async def _signed_in(service: Service, request: Request, asked: Asked, fields: dict[str, str], login: str) -> Response:
    address = request.client.host if request.client else ""
    if "sample" in fields:
        try:
            user = await sample(service, fields["sample"])
        except DomainError as error:
            raise usecases.Wrong from error
    else:
        user = await usecases.check_password(service, login, fields.get("password", "")[:200], address)
    before = request.cookies.get(forms.SESSION)
    session, cookie = await usecases.begin_session(service, user.user_id, before, address)
    answer = _sent(await usecases.give_code(service, asked, session))
    forms.set_cookie(service, answer, forms.SESSION, cookie)
    return answer


def _sent(where: str) -> RedirectResponse:
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(where, 303, headers)


def _unaddressed(request: Request, error: Exception) -> Response:
    language = pages.language_of(request)
    parts = (pages.paragraph(WORDS[language]["refused-why"]), f"<p><small>{escape(str(error))}</small></p>")
    return pages.page(language, "refused", parts, status=400)


def _page(
    service: Service,
    request: Request,
    asked: Asked,
    *,
    login: str,
    wrong: str = "",
    wait: int = 0,
    status: int = 200,
) -> Response:
    query = dict(parse_qsl(asked.text))
    language = pages.language_of(request, query.get("ui_locales", ""))
    words = WORDS[language]
    browser = forms.browser_of(service, request)
    said = waiting(language, wait) if wait else words[wrong] if wrong else ""
    hidden = {"request": asked.text, "form": browser.token}
    fields = (
        pages.text_field("login", words["login"], login, autocomplete="username"),
        pages.password_field("password", words["password"], autocomplete="current-password"),
        pages.button(words["sign-in"]),
    )
    clicks = [pages.button(words["as"].format(login=name), name="sample", value=name) for name in offered(service)]
    samples = [f"<h2>{words['samples']}</h2>", pages.form("sign-in", hidden, *clicks)] if clicks else []
    other = next(each for each in WORDS if each != language)
    answer = pages.page(
        language,
        "sign-in",
        [pages.wrong(said) if said else "", pages.form("sign-in", hidden, *fields), *samples],
        status=status,
        other=f"authorize?{urlencode(query | {'ui_locales': other})}",
        sends_to=asked.redirect_uri,
    )
    forms.remember(service, answer, browser)
    return answer


@router.get("/sign-out", response_class=HTMLResponse, response_model=None)
async def sign_out(
    service: ServiceOf,
    request: Request,
) -> Response:
    """End a sign-in and its tokens: at once for a client that brings the id token, else after a question."""
    try:
        fields = fields_of(request.url.query)
    except OAuthError as error:
        return _unaddressed(request, error)
    hint = fields.get("id_token_hint")
    if hint is not None:
        ours, uri = await usecases.sign_out_by_hint(service, hint, fields.get("post_logout_redirect_uri"))
        if ours:
            state = {"state": fields["state"]} if "state" in fields else {}
            answer = _signed_out(request) if uri is None else _sent(_with(uri, state))
            forms.drop_cookie(service, answer, forms.SESSION)
            return answer
    language = pages.language_of(request, fields.get("ui_locales", ""))
    browser = forms.browser_of(service, request)
    ask = pages.form("sign-out", {"form": browser.token}, pages.button(WORDS[language]["sign-out"]))
    page = pages.page(language, "sign-out", (pages.paragraph(WORDS[language]["sign-out-why"]), ask))
    forms.remember(service, page, browser)
    return page


@router.post("/sign-out", response_model=None, openapi_extra=documented({"form": "…"}, "form"))
async def confirm_sign_out(service: ServiceOf, request: Request) -> Response:
    """End the sign-in of this browser and all tokens that came of it."""
    try:
        fields = await form_of(request)
    except OAuthError as error:
        return _unaddressed(request, error)
    if not forms.is_ours(service, request, fields.get("form", "")):
        return RedirectResponse("sign-out", 303)
    await usecases.sign_out(service, request.cookies.get(forms.SESSION))
    answer = _signed_out(request)
    forms.drop_cookie(service, answer, forms.SESSION)
    return answer


def _signed_out(request: Request) -> Response:
    language = pages.language_of(request)
    return pages.page(language, "signed-out", (pages.paragraph(WORDS[language]["signed-out-why"]),))


def _with(uri: str, told: dict[str, str]) -> str:
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(told)}" if told else uri
