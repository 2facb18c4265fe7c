"""Random texts that open something: codes, refresh tokens, links, secrets. Only their hashes are kept.

They have 256 bits, so nobody tries them out, and a plain hash keeps them as well as a slow one.
"""

import hashlib
import hmac
import secrets


def new_text() -> str:
    """Return a new random text, fit for addresses and headers."""
    return secrets.token_urlsafe(32)


def hash_of(text: str) -> str:
    """Return what is kept of such a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_same(text: str, kept: str) -> bool:
    """Whether a text is the one this was kept of; takes the same time whatever is wrong with it."""
    return hmac.compare_digest(hash_of(text), kept)
