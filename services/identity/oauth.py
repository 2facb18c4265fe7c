"""What OAuth endpoints take and how they refuse: forms, and the errors of RFC 6749 §5.2."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.responses import JSONResponse

_MOST_FIELDS = 40
_LONGEST = 4_000
_FORM = "application/x-www-form-urlencoded"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class OAuthError(Exception):
    """A request that an OAuth endpoint refuses; `code` is one of the RFC's."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.status = status

    def answer(self) -> JSONResponse:
        """Return the refusal as the RFC writes it; a client that is not known is asked for its secret."""
        headers = dict(NO_STORE)
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="identity", charset="UTF-8"'
        return JSONResponse({"error": self.code, "error_description": self.description}, self.status, headers)


def fields_of(text: bytes | str) -> dict[str, str]:
    """Return the fields of a form or query; those without a value count as left out (RFC 6749 §3.1).

    Raises OAuthError: what is repeated, too long or no text is refused.
    """
    try:
        whole = text.decode("ascii") if isinstance(text, bytes) else text
        pairs = parse_qsl(whole, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise OAuthError("invalid_request", "the request cannot be read") from error
    if len({name for name, _ in pairs}) < len(pairs):
        raise OAuthError("invalid_request", "a parameter is repeated")
    if any(len(value) > _LONGEST or "\x00" in value for _, value in pairs):
        raise OAuthError("invalid_request", "a parameter is too long, or no text")
    return {name: value for name, value in pairs if value}


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form. Raises OAuthError."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise OAuthError("invalid_request", f"the body is {_FORM}")
    return fields_of(await request.body())


def required(fields: Mapping[str, str], name: str) -> str:
    """Return a field that must be there. Raises OAuthError."""
    if name not in fields:
        raise OAuthError("invalid_request", f"{name} is missing")
    return fields[name]


def documented(example: Mapping[str, str], *needed: str) -> dict[str, object]:
    """Return what the document says of a form: its fields, those that must be there, an example."""
    schema = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in example},
        "required": list(needed),
        "examples": [example],
    }
    return {"requestBody": {"required": True, "content": {_FORM: {"schema": schema}}}}
