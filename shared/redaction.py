"""What must not stand in a log: tokens, secrets, names and phones, found by the key they have or the pattern they show.

Whoever logs leaves them out; this is the second wall. A name in the midst of a sentence has no pattern: only its key
gives it away.
"""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

REDACTED = "[redacted]"

_KEYS = frozenset(
    {
        *(
            "name",
            "person",
            "holder",
            "signer_names",
            "phone",
            "mobile",
            "telephone",
            "account",
            "account_number",
            "registry_no",
        ),
        *("token", "secret", "password", "passwd", "authorization", "proxy_authorization", "cookie", "set_cookie"),
        *("jwt", "assertion", "code_verifier", "api_key", "credentials", "secret_keys", "idempotency_key"),
    }
)
_ENDINGS = ("_token", "_secret", "_password", "_phone", "_sealed", "_key_pem", "_person")
_ALONE = r"(?<![\w.-]){}(?![\w-])"
_PATTERNS = re.compile(
    "|".join(
        (
            r"(?i:\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}",  # a header's credentials (RFC 6750, RFC 7617)
            r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*",  # a JSON Web Token
            r"\bwhsec_[A-Za-z0-9+/=]{20,}",  # a webhook's secret
            r"\b[a-z0-9][a-z0-9-]{0,31}:[A-Za-z0-9+/]{43}=",  # a key that seals
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
            r"(?<=://)[^\s/@:]+:[^\s/@]+(?=@)",  # user and password of an address
            _ALONE.format(r"(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}"),  # a mobile phone
            _ALONE.format(r"(?:\+86[ -]?)?0\d{2,3}-\d{7,8}"),  # a telephone with its area
            _ALONE.format(r"\+\d(?:[ -]?\d){6,14}"),  # any phone as the world writes it (ITU-T E.123)
            _ALONE.format(r"\d{15,18}[\dXx]"),  # a bank card or an identity number
        )
    ),
    re.DOTALL,
)


def redact_text(text: str) -> str:
    """Return a text without what shows the pattern of a token, a secret, a phone or a number of a card or person.

    >>> redact_text("call 138 0000 1234, order 0193-77")
    'call [redacted], order 0193-77'
    """
    return _PATTERNS.sub(REDACTED, text)


def redact(value: Any) -> Any:
    """Return a value to be logged without what is private in it, however deep it lies."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, bytes):
        return redact_text(value.decode("utf-8", "replace"))
    if isinstance(value, Mapping):
        return {key: REDACTED if _is_private(key) and each is not None else redact(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(each) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact_text(repr(value))


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Redact an event of structlog: the last step before it is written."""
    clean: MutableMapping[str, Any] = redact(event)
    return clean


def _is_private(key: object) -> bool:
    if not isinstance(key, str):
        return False
    plain = key.lower().replace("-", "_")
    return plain in _KEYS or plain.endswith(_ENDINGS)
