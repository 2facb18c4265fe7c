"""Where browsers reach the portal, and where its issuer is."""

from shared.settings import Settings

_ANY = ("0.0.0.0", "::", "")  # noqa: S104 (an address nobody can visit is replaced)
CLIENT = "portal"
"""What the issuer knows us by."""


def address_of(settings: Settings) -> str:
    """Return the portal's public address, without a slash at its end.

    In one process with our own issuer it is the issuer's, without its path.
    """
    if settings.portal_url is not None:
        return settings.portal_url.rstrip("/")
    if settings.identity_url is not None:
        return settings.identity_url.rstrip("/").removesuffix("/identity")
    host = "127.0.0.1" if settings.host in _ANY else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def issuer_of(settings: Settings) -> str:
    """Return the issuer's name, which is its public address: the one set, or our own beside us."""
    return settings.auth_issuer or f"{address_of(settings)}/identity"


def is_secure(settings: Settings) -> bool:
    """Whether browsers reach us by https."""
    return address_of(settings).startswith("https://")
