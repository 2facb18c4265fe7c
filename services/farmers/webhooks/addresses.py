"""To which addresses messages go: public ones only, whatever a name resolves to.

An endpoint's address is somebody else's word, and we send from inside: nothing of ours, of a neighbour's network or
of a cloud's metadata service may be reached by it. `loopback` lets one machine be tried by itself.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx

from shared.errors import DomainError

MOST_CHARACTERS = 500
# Beyond what `is_global` knows: IETF assignments (RFC 6890; Oracle's metadata is there) and Azure's wire server.
_REFUSED = (ip_network("192.0.0.0/24"), ip_network("168.63.129.16/32"))
_NAT64 = ip_network("64:ff9b::/96")


def require_url(url: str, *, loopback: bool) -> None:
    """Raise DomainError for what is no https address in public (names are looked at again when they are resolved)."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        raise _refused("it is no address") from None
    host, port = parts.host, 443 if parts.port is None else parts.port
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not plain or not host or not 1 <= port <= 65_535:
        raise _refused("it is no address; write names outside ASCII as punycode")
    if parts.userinfo or parts.fragment:
        raise _refused("it names no user and no fragment; the signature says who we are")
    here = loopback and (host == "localhost" or _literal(host, loopback=True) is True)
    if parts.scheme != "https" and not (here and parts.scheme == "http"):
        raise _refused("it begins with https://")
    if _literal(host, loopback=loopback) is False:
        raise _refused("it is not an address in public")


def reachable(address: str, *, loopback: bool) -> bool:
    """Return whether messages may go to an IP address.

    >>> [reachable(each, loopback=False) for each in ("8.8.8.8", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False]
    """
    parsed = ip_address(address.partition("%")[0])
    if loopback and parsed.is_loopback:
        return True
    return all(_public(each) for each in _meant(parsed))


def _literal(host: str, *, loopback: bool) -> bool | None:
    """Whether a host written as an IP address may be sent to; None for a name."""
    try:
        return reachable(host, loopback=loopback)
    except ValueError:
        return None


def _meant(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """Return the address and every IPv4 address that hides in it."""
    if isinstance(address, IPv4Address):
        return [address]
    hidden = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        hidden.append(IPv4Address(int(address) & 0xFFFFFFFF))
    # A mapped address is the IPv4 address; of the others the IPv6 part must be public, too.
    own = [] if address.ipv4_mapped else [address]
    return [*own, *(each for each in hidden if each is not None)]


def _public(address: IPv4Address | IPv6Address) -> bool:
    if not address.is_global or address.is_multicast or (address.is_reserved and address not in _NAT64):
        return False
    return not any(address in network for network in _REFUSED)


def _refused(detail: str) -> DomainError:
    return DomainError("webhook-url", detail, field="url")
