"""Which addresses the fetcher may connect to: public ones, however an address is written or wrapped.

`ipaddress.is_global` alone is not the test: it holds for multicast and for IPv6 forms that carry a private
IPv4 address inside. Those are unwrapped first and the inner address is judged.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_COMPATIBLE = IPv6Network("::/96")
_NAT64 = IPv6Network("64:ff9b::/96")

_NEVER = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("3fff::/20"),
)
"""Special-purpose by IANA's registries, and global by some versions of `ipaddress`: protocol assignments, the
6to4 relays of RFC 7526, NAT64 within a network (RFC 8215), documentation (RFC 9637)."""


def is_public(text: str) -> bool:
    """Whether an address, as a socket or a resolver names it, is one on the public internet."""
    try:
        address = ip_address(text.partition("%")[0].strip("[]"))
    except ValueError:
        return False
    inner = _inner(address)
    return all(_is_plainly_public(candidate) for candidate in (inner or (address,)))


def _inner(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses an IPv6 address stands for, if any."""
    if isinstance(address, IPv4Address):
        return ()
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    if address in _NAT64 or address in _COMPATIBLE:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


def _is_plainly_public(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not (
        any(address in network for network in _NEVER if network.version == address.version)
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_loopback
        or address.is_link_local
        or (isinstance(address, IPv6Address) and address.is_site_local)
    )
