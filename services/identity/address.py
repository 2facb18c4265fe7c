"""Where this issuer is: the `iss` of its tokens, and the beginning of its addresses."""

from shared.settings import Settings

_ANY = ("0.0.0.0", "::", "")  # noqa: S104 (an address nobody can visit is replaced)


def address_of(settings: Settings) -> str:
    """Return the issuer's public address, without a slash at its end."""
    if settings.identity_url is not None:
        return settings.identity_url.rstrip("/")
    host = "127.0.0.1" if settings.host in _ANY else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/identity"
