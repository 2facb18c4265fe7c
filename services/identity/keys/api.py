"""Where others learn the keys of tokens, and all else of this issuer (OpenID Connect Discovery 1.0 §3)."""

from typing import Any

from fastapi import Request, Response

from services.identity.address import address_of
from services.identity.keys import usecases
from services.identity.keys.signing import ALGORITHM
from shared.routing import UoW, service_router

router = service_router(tags=["discovery"])

_FOR_A_WHILE = "public, max-age=300"


@router.get("/jwks")
async def get_keys(uow: UoW, answer: Response) -> dict[str, list[dict[str, Any]]]:
    """Return the public keys of tokens, the next one among them (RFC 7517)."""
    answer.headers["Cache-Control"] = _FOR_A_WHILE
    return {"keys": await usecases.published(uow)}


@router.get("/.well-known/openid-configuration")
async def get_configuration(request: Request, answer: Response) -> dict[str, str | bool | list[str]]:
    """Say where everything is and what is supported."""
    answer.headers["Cache-Control"] = _FOR_A_WHILE
    issuer = address_of(request.app.state.service.settings)
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "revocation_endpoint": f"{issuer}/revoke",
        "end_session_endpoint": f"{issuer}/sign-out",
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "scopes_supported": ["openid", "profile"],
        "claims_supported": ["sub", "preferred_username", "roles", "counties", "canteens", "cooperatives", "drivers"],
        "ui_locales_supported": ["zh", "en"],
        "prompt_values_supported": ["none", "login"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "claims_parameter_supported": False,
    }
