"""Signing in and out."""

import secrets
from typing import Annotated

from fastapi import Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.portal import cookies
from services.portal.address import address_of
from services.portal.edge import is_path
from services.portal.languages import N_
from services.portal.rendering import page
from services.portal.routing import back_to, page_router
from services.portal.sessions import usecases
from services.portal.sessions.attempts import LASTS_S, opened, sealed
from services.portal.sessions.issuer import Attempt, NotGiven, issuer_for
from services.portal.upstream import Refused
from shared.auth.tokens import BadToken
from shared.errors import DomainError, NotFound

router = page_router(tags=["signing in"])
Login = Annotated[str, Path(max_length=64, pattern=r"^[\w.-]+$")]

refusals = {
    "sign-in-over": N_("Signing in took too long, or was begun in another browser. Begin again."),
    "sign-in-refused": N_("You were not signed in. Begin again, or ask your administrator."),
    "unknown-sample-user": N_("There are sample users in the demo only."),
}


@router.get("/sign-in", response_class=Response)
async def sign_in(request: Request, back: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    """Leave for the issuer, and come back to the page that was asked for."""
    back = back if is_path(back) else "/"
    if request.state.person is not None:
        return back_to(back)
    service = request.app.state.service
    attempt = Attempt.new(back)
    where = await issuer_for(service).leave_for(attempt, _signed_in_uri(request), request.state.language)
    answer = RedirectResponse(where, 303)
    cookies.give(request, answer, cookies.ATTEMPT, sealed(service, attempt), LASTS_S)
    return answer


@router.get("/signed-in", response_class=Response)
async def signed_in(
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=2000)] = "",
    iss: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Come back from the issuer with a code, and begin a session."""
    service = request.app.state.service
    attempt = opened(service, cookies.read(request, cookies.ATTEMPT))
    if attempt is None or not secrets.compare_digest(state.encode(), attempt.state.encode()):
        raise DomainError("sign-in-over", "this browser has not begun to sign in, or too long ago")
    # Who names itself must be the issuer we left for (RFC 9207).
    if not code or (iss is not None and iss != issuer_for(service).name):
        raise DomainError("sign-in-refused", "the issuer gave no code")
    try:
        tokens = await issuer_for(service).exchange(code, attempt, _signed_in_uri(request))
        cookie = await usecases.begin(service, tokens)
    except (NotGiven, BadToken) as refused:
        raise DomainError("sign-in-refused", refused.detail) from refused
    answer = back_to(attempt.back)
    await _replace_session(request, answer, cookie)
    cookies.take(request, answer, cookies.ATTEMPT)
    return answer


@router.post("/samples/{login}", response_class=Response)
async def sign_in_as_sample(request: Request, login: Login) -> Response:
    """Sign in as a sample user of the demo by one click; refused elsewhere."""
    service = request.app.state.service
    try:
        tokens = await usecases.sample_tokens(service, login)
    except Refused as refused:
        raise NotFound("sample-user", login) from refused
    cookie = await usecases.begin(service, tokens, sample=login)
    answer = back_to("/")
    await _replace_session(request, answer, cookie)
    return answer


@router.post("/sign-out", response_class=Response)
async def sign_out(request: Request) -> Response:
    """End this session, and the issuer's."""
    service, person = request.app.state.service, request.state.person
    where, is_sample = None, False
    if person is not None:
        id_token = await usecases.end(service, person.session_id)
        is_sample = person.principal.client_id == person.principal.subject
        if not is_sample:
            back = f"{address_of(service.settings)}/signed-out"
            where = await issuer_for(service).leave_by(id_token, back)
    answer = back_to(where or "/signed-out")
    cookies.take(request, answer, cookies.SESSION)
    cookies.take(request, answer, cookies.KEPT)
    return answer


@router.get("/signed-out")
async def signed_out(request: Request) -> Response:
    """Say that the session is over."""
    return page(request, "sessions/signed_out.html")


def _signed_in_uri(request: Request) -> str:
    return f"{address_of(request.app.state.service.settings)}/signed-in"


async def _replace_session(request: Request, answer: Response, cookie: str) -> None:
    """Give a browser its new session; the one before it ends."""
    if request.state.person is not None:
        await usecases.end(request.app.state.service, request.state.person.session_id)
    cookies.give(request, answer, cookies.SESSION, cookie, int(usecases.LONGEST.total_seconds()))
