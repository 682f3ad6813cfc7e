"""How often something secret may be tried, and whose tries count together.

A wrong password counts for the account and the address that it came from, for that address over all
accounts, and for that account over all addresses. So nobody can guess on, whether they hold one
account, one address or many of both. A device that has signed in to the account before counts for
itself alone: what strangers try never locks out the owner there, nor does a crowd behind the same
address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_network

from limosa.foundation.addresses import read_address

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
# An IPv6 line is given a whole network of this length; its addresses are one person's.
_IPV6_PREFIX = 64


class TryKind(StrEnum):
    """What is tried."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    RESET = "reset"
    CODE = "code"
    REAUTHENTICATE = "reauthenticate"
    PASSWORD = "password"  # noqa: S105 -- no password
    PIN = "pin"
    ADDRESS = "address"
    NEW_ADDRESS = "new_address"


class Scope(StrEnum):
    """Whose tries count together."""

    DEVICE = "device"
    PAIR = "pair"
    ADDRESS = "address"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many tries, counted from the first one, until that one is so old."""

    tries: int
    within: timedelta


# The narrowest first: a try that it refuses does not count for the wider ones.
_STRANGERS: Mapping[TryKind, Mapping[Scope, Rate]] = {
    TryKind.SIGN_IN: {
        Scope.PAIR: Rate(5, 5 * _MINUTE),
        Scope.ADDRESS: Rate(100, 10 * _MINUTE),
        Scope.ACCOUNT: Rate(50, _HOUR),
    },
    TryKind.SIGN_UP: {Scope.PAIR: Rate(5, _HOUR), Scope.ADDRESS: Rate(30, _HOUR)},
    TryKind.RESET: {
        Scope.PAIR: Rate(3, 10 * _MINUTE),
        Scope.ADDRESS: Rate(30, _HOUR),
    },
    TryKind.CODE: {Scope.ADDRESS: Rate(60, _HOUR)},
    TryKind.REAUTHENTICATE: {Scope.DEVICE: Rate(10, 15 * _MINUTE)},
    TryKind.PASSWORD: {Scope.DEVICE: Rate(10, 15 * _MINUTE)},
    TryKind.PIN: {Scope.DEVICE: Rate(10, _HOUR)},
    TryKind.ADDRESS: {Scope.DEVICE: Rate(10, 10 * _MINUTE)},
    TryKind.NEW_ADDRESS: {Scope.ACCOUNT: Rate(3, 24 * _HOUR)},
}
_KNOWN_DEVICES: Mapping[TryKind, Mapping[Scope, Rate]] = {
    TryKind.SIGN_IN: {Scope.DEVICE: Rate(10, 5 * _MINUTE)},
    TryKind.RESET: {Scope.DEVICE: Rate(3, 10 * _MINUTE)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trier:
    """Who tries. account: an e-mail address as typed, or a person's number; address: the real one.

    device: what tells a device that signed in to this account before from all others; else empty.
    """

    account: str
    address: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A count that a try adds to, by a name that says whose it is, and how high it may go."""

    name: str
    rate: Rate


def counts_of(kind: TryKind, trier: Trier) -> list[Counted]:
    """Return what a try adds to, in this order, each only if the one before lets it pass."""
    rates = _STRANGERS[kind]
    if trier.device:
        rates = _KNOWN_DEVICES.get(kind, rates)
    account = trier.account.strip().lower()
    place = network_of(trier.address)
    owners = {
        Scope.DEVICE: f"{account} {trier.device}",
        Scope.PAIR: f"{account} {place}",
        Scope.ADDRESS: place,
        Scope.ACCOUNT: account,
    }
    return [Counted(f"{kind} {scope} {owners[scope]}", rate) for scope, rate in rates.items()]


def network_of(text: str) -> str:
    """Return whose address it is: an IPv4 address, or the /64 of an IPv6 one."""
    address = read_address(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address) if address else text
