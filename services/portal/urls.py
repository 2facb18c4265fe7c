"""Addresses as somebody wrote them."""

from urllib.parse import SplitResult, urlsplit


def parts_of(said: str | None) -> SplitResult:
    """Return the parts of an address that somebody wrote; those of nothing where it is none (`http://[`)."""
    try:
        return urlsplit(said or "")
    except ValueError:
        return urlsplit("")
