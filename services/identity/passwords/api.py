"""The page behind a one-time link."""

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from services.identity import forms, pages
from services.identity.accounts.domain import User
from services.identity.oauth import OAuthError, documented, fields_of, form_of
from services.identity.passwords import usecases
from services.identity.passwords.fields import new_password_fields, owner_field
from services.identity.serving import ServiceOf
from services.identity.words import WORDS
from shared.errors import DomainError, NotFound, Overloaded
from shared.routing import guarded_router
from shared.service import Service

router = guarded_router(tags=["passwords"])

_SETTING = {"link": "…", "form": "…", "password": "…", "again": "…"}


@router.get("/password", response_class=HTMLResponse, response_model=None)
async def ask_for_password(service: ServiceOf, request: Request) -> Response:
    """Show the page where the owner of a one-time link sets a password."""
    try:
        link = fields_of(request.url.query).get("link", "")
        owner = await usecases.owner_of(service, link)
    except (OAuthError, NotFound):
        return _over(request)
    return _page(service, request, owner, link)


@router.post("/password", response_model=None, openapi_extra=documented(_SETTING, *_SETTING))
async def set_password(service: ServiceOf, request: Request) -> Response:
    """Set a password through a one-time link."""
    try:
        fields = await form_of(request)
        link, password = fields.get("link", ""), fields.get("password", "")
        owner = await usecases.owner_of(service, link)
        if not forms.is_ours(service, request, fields.get("form", "")):
            return _page(service, request, owner, link, wrong="form-over", status=400)
        if password != fields.get("again", ""):
            return _page(service, request, owner, link, wrong="different", status=422)
        await usecases.set_password(service, link, password, request.client.host if request.client else "")
    except (OAuthError, NotFound):
        return _over(request)
    except Overloaded:
        return _page(service, request, owner, link, wrong="busy", status=503)
    except DomainError as error:
        return _page(service, request, owner, link, wrong=error.rule, status=422)
    language = pages.language_of(request)
    return pages.page(language, "password-set", (pages.paragraph(WORDS[language]["password-set-why"]),))


def _over(request: Request) -> Response:
    language = pages.language_of(request)
    return pages.page(language, "link-over", (pages.paragraph(WORDS[language]["link-over-why"]),), status=404)


def _page(
    service: Service, request: Request, owner: User, link: str, *, wrong: str = "", status: int = 200
) -> Response:
    language = pages.language_of(request)
    words = WORDS[language]
    browser = forms.browser_of(service, request)
    parts = (
        pages.wrong(words[wrong]) if wrong else "",
        pages.paragraph(words["for"].format(login=owner.login)),
        pages.form(
            "password", {"link": link, "form": browser.token}, owner_field(owner.login), *new_password_fields(words)
        ),
    )
    answer = pages.page(language, "set-password", parts, status=status)
    forms.remember(service, answer, browser)
    return answer
