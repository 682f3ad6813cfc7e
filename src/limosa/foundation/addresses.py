"""Network addresses: where a request really came from, behind proxies that we trust.

Each proxy appends the address that it saw to the right of a header; anything further left may have
been invented by the client. The header is therefore read from the right: skipping the proxies we
trust, the first other address is the person's. Sources: RFC 7239; X-Forwarded-For by common use.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

REMEMBERED_MAX = 1024  # Ours: every request asks for its sender's address several times.

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]

# A pair as in RFC 7239, section 4: a token, or a quoted string in which \ escapes a character.
_PAIR = re.compile(r'\s*([!#$%&\'*+.^_`|~\w-]+)=("(?:[^"\\]|\\.)*"|[^",;\s]*)\s*', re.ASCII)


def read_networks(text: str) -> Networks:
    """Return the networks in a text like "127.0.0.1, 10.0.0.0/8, ::1". Raises ValueError."""
    return tuple(ip_network(word.strip()) for word in text.split(",") if word.strip())


@lru_cache(REMEMBERED_MAX)
def read_address(text: str) -> Address | None:
    """Return the address of "192.0.2.1", "192.0.2.1:80", "[::1]" or "[::1]:80"; otherwise None.

    An IPv4-mapped IPv6 address (::ffff:192.0.2.1) is returned as IPv4.
    """
    word = text.strip()
    if word.startswith("["):
        word = word[1:].partition("]")[0]
    elif word.count(":") == 1:
        word = word.partition(":")[0]
    try:
        address = ip_address(word)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def forwarded_hops(values: Iterable[str]) -> list[str]:
    """Return the `for` parameters in the values of Forwarded, from left to right.

    An element without a `for`, or with a syntax error, is an empty text.
    Source: RFC 7239, section 4.
    """
    return [_for_of(element) for value in values for element in _elements(value)]


def x_forwarded_for_hops(values: Iterable[str]) -> list[str]:
    """Return the parts of X-Forwarded-For, from left to right."""
    return [part.strip() for value in values for part in value.split(",")]


def real_address(peer: str, hops: Sequence[str], *, trusted: Networks) -> str:
    """Return the address that a request came from, as text.

    peer: the socket's. hops: the addresses appended by proxies, from left to right. An invalid hop
    ends the search: the last known proxy is then the result.
    """
    known = read_address(peer)
    if known is None:
        return peer
    for hop in reversed(hops):
        if not is_in(known, trusted):
            break
        following = read_address(hop)
        if following is None:
            break
        known = following
    return str(known)


@lru_cache(REMEMBERED_MAX)
def household(text: str) -> str:
    """Return what one customer of a network has: an IPv4 address, or the first half of an IPv6 one.

    Counts by address use this, since anyone with one IPv6 address has 2^64 of them.
    """
    address = read_address(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address or text)


def is_in(address: Address, networks: Networks) -> bool:
    """Whether one of the networks contains the address."""
    return any(address in network for network in networks)


def _elements(value: str) -> list[str]:
    """Return the elements of a list whose quoted strings may contain commas."""
    return re.findall(r'(?:[^",]|"(?:[^"\\]|\\.)*"?)+', value)


def _for_of(element: str) -> str:
    position, found = 0, ""
    while match := _PAIR.match(element, position):
        if match[1].lower() == "for":
            found = re.sub(r"\\(.)", r"\1", match[2].strip('"'))
        position = match.end()
        if element[position : position + 1] != ";":
            break
        position += 1
    return found if position == len(element) else ""
