"""A key that signs tokens, made when it is needed: of the process that holds all services, of tests, of trying out.

Where people sign in, an issuer signs.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from shared.auth.keys import LEAST_BITS, Document, Keys
from shared.auth.principal import EVERYWHERE, Principal, Role
from shared.auth.tokens import ALGORITHM, Trust

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

AUDIENCE = "cloud"
SYSTEM = Principal("system", frozenset({Role.SYSTEM}), frozenset({EVERYWHERE}))


class SigningKey:
    """A key of an issuer, which is named in `iss`."""

    def __init__(self, issuer: str, private: "RSAPrivateKey | None" = None, kid: str | None = None) -> None:
        self.issuer = issuer
        self.kid = kid or uuid4().hex
        self._private = private

    @cached_property
    def private(self) -> "RSAPrivateKey":
        """The private part; to make one takes a tenth of a second, so it is made when it is first needed."""
        from cryptography.hazmat.primitives.asymmetric import rsa

        return self._private or rsa.generate_private_key(65537, LEAST_BITS)

    def jwks(self) -> Document:
        """Return the public part as a JWKS."""
        from jwt.algorithms import RSAAlgorithm

        public = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"keys": [public | {"kid": self.kid, "use": "sig", "alg": ALGORITHM}]}

    def trust(self, audience: str = AUDIENCE) -> Trust:
        """Return what a service needs in order to take this key's tokens."""

        async def load() -> Document:
            return self.jwks()

        return Trust(self.issuer, audience, Keys(load))

    def token(self, principal: Principal, now: datetime, lifetime: timedelta, audience: str = AUDIENCE) -> str:
        """Return a token that speaks for a principal from `now` on."""
        made = int(now.timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": audience,
            "sub": principal.subject,
            "iat": made,
            "exp": made + int(lifetime.total_seconds()),
            "jti": uuid4().hex,
            "roles": _listed(principal.roles),
            "counties": _listed(principal.counties),
            "canteens": _listed(principal.canteens),
            "cooperatives": _listed(principal.cooperatives),
            "drivers": _listed(principal.drivers),
        }
        return self.signed(claims | ({"client_id": principal.client_id} if principal.client_id else {}))

    def signed(self, claims: dict[str, Any]) -> str:
        """Return claims as a signed access token."""
        import jwt

        return jwt.encode(claims, self.private, ALGORITHM, {"kid": self.kid, "typ": "at+jwt"})


def _listed(names: frozenset[Any]) -> Sequence[str]:
    return sorted(str(name) for name in names)
