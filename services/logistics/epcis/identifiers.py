"""Identifiers in EPCIS documents: HTTP URIs after CBV 2.0 §8 under a domain that is nobody's (RFC 2606): fictional."""

from urllib.parse import quote, unquote

from shared.errors import DomainError

BASE = "https://id.xiaonong.example"
VOCABULARY = f"{BASE}/epcis/"

LOT = "class/lot"
FOOD = "class/food"
SERVING = "class/serving"
CONSIGNMENT = "obj/consignment"
COOPERATIVE = "loc/cooperative"
CANTEEN = "loc/canteen"
ORDER = "bt/order"
RECEIPT = "bt/receipt"
TRIP = "bt/trip"
CERTIFICATE = "bt/certificate"


def uri_of(kind: str, key: str) -> str:
    """Return the URI of a thing of a kind."""
    return f"{BASE}/{kind}/{quote(key, safe='')}"


def key_of(kind: str, uri: str, field: str) -> str:
    """Return the id in a URI of a kind. Raises DomainError for a URI of another kind or another's domain."""
    start = f"{BASE}/{kind}/"
    key = unquote(uri.removeprefix(start))
    if not uri.startswith(start) or not key or "/" in key:
        raise DomainError("foreign-identifier", f"{uri} is no identifier {start}…", field=field)
    return key
