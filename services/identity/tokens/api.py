"""Routes of tokens. They open units of work by themselves: some refusals leave something to be noted."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from services.identity.clients.authentication import client_of
from services.identity.clients.domain import Client
from services.identity.oauth import NO_STORE, OAuthError, documented, form_of, required
from services.identity.serving import ServiceOf
from services.identity.tokens import usecases
from services.identity.tokens.schemas import UserInfo
from shared.routing import UoW, guarded_router, service_router
from shared.service import Service

router = guarded_router(tags=["tokens"])
about = service_router(tags=["tokens"])

_ASKING = {"grant_type": "client_credentials", "client_id": "sensors", "client_secret": "…"}
_REVOKING = {"token": "…", "client_id": "portal", "client_secret": "…"}


@router.post(
    "/token",
    response_model=None,
    openapi_extra=documented(_ASKING, "grant_type"),
)
async def get_token(service: ServiceOf, request: Request) -> JSONResponse:
    """Give tokens for a code (with its PKCE verifier), a refresh token, or a machine client's secret."""
    try:
        fields = await form_of(request)
        client = await client_of(service, request, fields)
        return JSONResponse(await _granted(service, client, fields), headers=NO_STORE)
    except OAuthError as error:
        return error.answer()


async def _granted(service: Service, client: Client, fields: dict[str, str]) -> dict[str, Any]:
    match required(fields, "grant_type"):
        case "authorization_code":
            code, verifier, uri = (required(fields, name) for name in ("code", "code_verifier", "redirect_uri"))
            return await usecases.exchange_code(service, client, code, verifier, uri)
        case "refresh_token":
            return await usecases.refresh(service, client, required(fields, "refresh_token"), fields.get("scope"))
        case "client_credentials":
            return await usecases.of_client(service, client)
        case other:
            raise OAuthError("unsupported_grant_type", f"{other[:60]} is no grant of this issuer")


@router.post(
    "/revoke",
    response_model=None,
    openapi_extra=documented(_REVOKING, "token"),
)
async def revoke_token(service: ServiceOf, request: Request) -> Response:
    """Revoke a refresh token and all that came of the same sign-in at this client (RFC 7009)."""
    try:
        fields = await form_of(request)
        client = await client_of(service, request, fields)
        await usecases.revoke(service, client, required(fields, "token"))
    except OAuthError as error:
        return error.answer()
    return Response(status_code=200, headers=NO_STORE)


@about.get("/userinfo")
async def get_userinfo(uow: UoW, answer: Response) -> UserInfo:
    """Say who the token speaks for, as it is now (OpenID Connect Core §5.3)."""
    answer.headers["Cache-Control"] = "no-store"
    return UserInfo.of(await usecases.user_of_token(uow))
