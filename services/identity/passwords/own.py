"""The page where whoever is signed in changes the own password."""

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from services.identity import forms, pages
from services.identity.accounts.domain import User
from services.identity.lockouts.usecases import MustWait
from services.identity.oauth import OAuthError, documented, fields_of, form_of
from services.identity.passwords import usecases
from services.identity.passwords.fields import new_password_fields, owner_field
from services.identity.serving import ServiceOf
from services.identity.signins.usecases import Locked, Wrong
from services.identity.words import LANGUAGES, WORDS, waiting
from shared.errors import DomainError, Overloaded
from shared.routing import guarded_router
from shared.service import Service

router = guarded_router(tags=["passwords"])

_CHANGING = {"form": "…", "present": "…", "password": "…", "again": "…"}


@router.get("/own-password", response_class=HTMLResponse, response_model=None)
async def ask_for_passwords(service: ServiceOf, request: Request) -> Response:
    """Show the page where whoever is signed in here changes the own password."""
    try:
        language = pages.language_of(request, fields_of(request.url.query).get("ui_locales", ""))
        user = await usecases.signed_in(service, request.cookies.get(forms.SESSION))
    except (OAuthError, usecases.NotSignedIn):
        return _nobody(request)
    return _page(service, request, user, language)


@router.post("/own-password", response_model=None, openapi_extra=documented(_CHANGING, *_CHANGING))
async def change_password(service: ServiceOf, request: Request) -> Response:
    """Change the password of whoever is signed in here; all their other sign-ins end."""
    cookie = request.cookies.get(forms.SESSION)
    try:
        fields = await form_of(request)
        user = await usecases.signed_in(service, cookie)
        return await _changed(service, request, user, fields)
    except (OAuthError, usecases.NotSignedIn, Locked):
        return _nobody(request)


async def _changed(service: Service, request: Request, user: User, fields: dict[str, str]) -> Response:
    language = pages.language_of(request)
    words = WORDS[language]
    if not forms.is_ours(service, request, fields.get("form", "")):
        return _page(service, request, user, language, wrong=words["form-over"], status=400)
    if fields.get("password", "") != fields.get("again", ""):
        return _page(service, request, user, language, wrong=words["different"], status=422)
    present, password = fields.get("present", "")[:200], fields.get("password", "")
    address = request.client.host if request.client else ""
    try:
        await usecases.change_password(service, request.cookies.get(forms.SESSION), present, password, address)
    except Wrong:
        return _page(service, request, user, language, wrong=words["wrong-present"], status=401)
    except MustWait as wait:
        answer = _page(service, request, user, language, wrong=waiting(language, wait.seconds), status=429)
        answer.headers["Retry-After"] = str(wait.seconds)
        return answer
    except Overloaded:
        return _page(service, request, user, language, wrong=words["busy"], status=503)
    except DomainError as error:
        return _page(service, request, user, language, wrong=words[error.rule], status=422)
    return pages.page(language, "password-changed", (pages.paragraph(words["password-changed-why"]),))


def _nobody(request: Request) -> Response:
    language = pages.language_of(request)
    return pages.page(language, "change-password", (pages.wrong(WORDS[language]["nobody-signed-in"]),), status=401)


def _page(
    service: Service, request: Request, user: User, language: str, *, wrong: str = "", status: int = 200
) -> Response:
    words = WORDS[language]
    browser = forms.browser_of(service, request)
    fields = (
        owner_field(user.login),
        pages.password_field("present", words["present-password"], autocomplete="current-password"),
        *new_password_fields(words),
    )
    parts = (
        pages.wrong(wrong) if wrong else "",
        pages.paragraph(words["for"].format(login=user.login)),
        pages.form("own-password", {"form": browser.token}, *fields),
    )
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    answer = pages.page(language, "change-password", parts, status=status, other=f"own-password?ui_locales={other}")
    forms.remember(service, answer, browser)
    return answer
