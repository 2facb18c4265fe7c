"""What an authorization request asks for (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.identity.accounts.domain import Status
from services.identity.clients import queries as clients
from services.identity.clients.domain import Client
from services.identity.oauth import OAuthError, fields_of
from services.identity.tokens.domain import is_challenge, known_scope
from shared.service import Service

_LONGEST_NONCE = 500
_PROMPTS = {"none", "login", "consent", "select_account"}


class Unaddressed(Exception):
    """A request whose sender is not known, or not there: it is refused on a page, nobody is sent anywhere."""


class Refusal(Exception):
    """A request that is refused to its client, at its redirect URI (RFC 6749 §4.1.2.1)."""

    def __init__(self, redirect_uri: str, state: str | None, code: str, description: str) -> None:
        super().__init__(description)
        self.redirect_uri = redirect_uri
        self.told = {"error": code, "error_description": description}
        self.told |= {} if state is None else {"state": state}


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorization request that can be answered; `text` is the query it came as."""

    text: str
    client_id: str
    redirect_uri: str
    scope: str
    challenge: str
    state: str | None
    nonce: str | None
    silent: bool
    anew: bool
    max_age: timedelta | None
    login_hint: str

    def takes(self, signed_in_at: datetime, now: datetime) -> bool:
        """Whether somebody who signed in then need not do so again."""
        return not self.anew and (self.max_age is None or signed_in_at + self.max_age >= now)

    def refusal(self, code: str, description: str) -> Refusal:
        """Return a refusal of this request."""
        return Refusal(self.redirect_uri, self.state, code, description)


async def asked_for(service: Service, text: str) -> Asked:
    """Return what a query asks for. Raises Unaddressed, Refusal."""
    try:
        fields = fields_of(text)
    except OAuthError as error:
        raise Unaddressed(error.description) from error
    client_id = fields.get("client_id", "")
    async with service.begin(read_only=True) as uow:
        client = await clients.by_id(uow.session, client_id)
    if client is None or client.status is not Status.ACTIVE:
        raise Unaddressed("no such client")
    if fields.get("redirect_uri") not in client.redirect_uris:
        raise Unaddressed("the redirect_uri is not one of the client's")
    return _read(text, fields, client)


def _read(text: str, fields: Mapping[str, str], client: Client) -> Asked:
    state = fields.get("state")

    def refuse(code: str, description: str) -> Refusal:
        return Refusal(fields["redirect_uri"], state, code, description)

    for unsupported in ("request", "request_uri"):
        if unsupported in fields:
            raise refuse(f"{unsupported}_not_supported", f"{unsupported} is not read here")
    if fields.get("response_type") != "code":
        raise refuse("unsupported_response_type", "response_type is code")
    if fields.get("response_mode", "query") != "query":
        raise refuse("invalid_request", "response_mode is query")
    if fields.get("code_challenge_method") != "S256" or not is_challenge(fields.get("code_challenge", "")):
        raise refuse("invalid_request", "PKCE by S256 is needed: code_challenge and code_challenge_method")
    if len(fields.get("nonce", "")) > _LONGEST_NONCE:
        raise refuse("invalid_request", f"a nonce has at most {_LONGEST_NONCE} characters")
    prompts = set(fields.get("prompt", "").split())
    max_age = fields.get("max_age")
    if not prompts <= _PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise refuse("invalid_request", "prompt is none or login")
    if max_age is not None and not (max_age.isascii() and max_age.isdigit() and len(max_age) <= 9):
        raise refuse("invalid_request", "max_age is in seconds")
    return Asked(
        text,
        client.client_id,
        fields["redirect_uri"],
        known_scope(fields.get("scope", "")),
        fields["code_challenge"],
        state,
        fields.get("nonce"),
        "none" in prompts,
        bool(prompts & {"login", "select_account"}),
        None if max_age is None else timedelta(seconds=int(max_age)),
        fields.get("login_hint", "")[:64],
    )
