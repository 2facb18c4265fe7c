"""What tokens say and how long they hold."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.identity.rights import Rights

ACCESS = timedelta(minutes=10)
CODE = timedelta(seconds=60)
REFRESH = timedelta(days=7)
"""A refresh token not used for so long is over."""
FAMILY = timedelta(days=30)
"""After so long somebody signs in anew, however often the tokens were refreshed."""
ACCESS_KIND = "at+jwt"
ID_KIND = "JWT"
SCOPES = ("openid", "profile")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Family:
    """All tokens that come from one sign-in of one user at one client."""

    family_id: str
    user_id: str
    client_id: str
    session_id: str
    scope: str
    signed_in_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Code:
    """What an authorization code stands for; it is good for one time, within a minute."""

    client_id: str
    user_id: str
    session_id: str
    redirect_uri: str
    challenge: str
    scope: str
    nonce: str | None
    signed_in_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who gives tokens, and for whom access tokens are."""

    address: str
    audience: str


def access_claims(
    issuer: Issuer, token_id: str, subject: str, client_id: str, rights: Rights, now: datetime
) -> dict[str, Any]:
    """Return the claims of an access token (RFC 9068 §2.2, and who may do what here)."""
    return {
        "iss": issuer.address,
        "sub": subject,
        "aud": issuer.audience,
        "client_id": client_id,
        "jti": token_id,
        **_times(now),
        **rights.claims(),
    }


def id_claims(
    issuer: Issuer, family: Family, login: str, nonce: str | None, access_token: str, now: datetime
) -> dict[str, Any]:
    """Return the claims of an id token: that somebody signed in, for the client alone (OpenID Connect Core §2)."""
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    claims = {
        "iss": issuer.address,
        "sub": family.user_id,
        "aud": family.client_id,
        "azp": family.client_id,
        "sid": family.session_id,
        "auth_time": int(family.signed_in_at.timestamp()),
        "at_hash": _base64url(half),
        **_times(now),
    }
    if nonce is not None:
        claims["nonce"] = nonce
    if "profile" in family.scope.split():
        claims["preferred_username"] = login
    return claims


def _times(now: datetime) -> dict[str, int]:
    second = int(now.timestamp())
    return {"iat": second, "nbf": second, "exp": second + int(ACCESS.total_seconds())}


def is_challenge(text: str) -> bool:
    """Whether this can be a PKCE challenge by S256."""
    return _CHALLENGE.fullmatch(text) is not None


def proves(verifier: str, challenge: str) -> bool:
    """Whether a verifier is the one the challenge was made of (RFC 7636 §4.6)."""
    made = _base64url(hashlib.sha256(verifier.encode()).digest())
    return _VERIFIER.fullmatch(verifier) is not None and hmac.compare_digest(made, challenge)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def known_scope(asked: str) -> str:
    """Return what is known of a scope, in our order."""
    named = asked.split()
    return " ".join(scope for scope in SCOPES if scope in named)


def answer_of(access_token: str, scope: str, more: Mapping[str, str]) -> dict[str, Any]:
    """Return a token endpoint's answer (RFC 6749 §5.1)."""
    answer: dict[str, Any] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": int(ACCESS.total_seconds()),
        **more,
    }
    return answer | ({"scope": scope} if scope else {})
