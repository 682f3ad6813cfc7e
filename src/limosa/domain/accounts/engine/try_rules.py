"""How often something secret may be tried, and whose tries count together.

One rule holds for all of them: a try counts for what is guessed at, and an address alone shuts no
door to an account. Thousands stand behind one address, of an office or of a mobile network, and
what one of them tries says nothing about the next. So a wrong password counts for the account
together with the address that it came from, and for the account over all addresses. A device that
has signed in to the account before counts for itself alone: no stranger locks the owner out there.

A code of the second step has six digits and no more, so there are few tries: a day's for all
unknown devices together, as many for each known device, and for each session. Whoever gets as far
as to type one has the password; so the count is of this password, and a new one begins anew. Codes
and links that we mail are too long to be guessed, or die with their session after three tries: they
are not counted, so that nobody can keep the owner of the mailbox out.

Making accounts is the one thing that an address is counted for: each mails somebody who did not
ask. One whose address was confirmed is taken off again.
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
    SECOND_STEP = "second_step"
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


# Of a million codes one is right: at this rate a guess is right once in a hundred years and more.
CODES_A_DAY = Rate(20, 24 * _HOUR)

_RECORDED = Rate(100, 10 * _MINUTE)

# The narrowest first: a try that it refuses does not count for the wider ones.
_STRANGERS: Mapping[TryKind, Mapping[Scope, Rate]] = {
    TryKind.SIGN_IN: {
        Scope.PAIR: Rate(5, 5 * _MINUTE),
        Scope.ACCOUNT: Rate(50, _HOUR),
    },
    TryKind.SIGN_UP: {Scope.PAIR: Rate(5, _HOUR), Scope.ADDRESS: Rate(20, 10 * _MINUTE)},
    TryKind.RESET: {Scope.PAIR: Rate(3, 10 * _MINUTE)},
    TryKind.SECOND_STEP: {Scope.ACCOUNT: CODES_A_DAY},
    TryKind.REAUTHENTICATE: {Scope.DEVICE: Rate(10, 15 * _MINUTE)},
    TryKind.PASSWORD: {Scope.DEVICE: Rate(10, 15 * _MINUTE)},
    TryKind.PIN: {Scope.DEVICE: Rate(10, _HOUR)},
    TryKind.ADDRESS: {Scope.DEVICE: Rate(10, 10 * _MINUTE)},
    TryKind.NEW_ADDRESS: {Scope.ACCOUNT: Rate(3, 24 * _HOUR)},
}
_KNOWN_DEVICES: Mapping[TryKind, Mapping[Scope, Rate]] = {
    TryKind.SIGN_IN: {Scope.DEVICE: Rate(10, 5 * _MINUTE)},
    TryKind.RESET: {Scope.DEVICE: Rate(3, 10 * _MINUTE)},
    TryKind.SECOND_STEP: {Scope.DEVICE: CODES_A_DAY},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trier:
    """Who tries. account: what is guessed at; address: the person's real one.

    An account is an e-mail address as typed, or a person's number. device: what tells a device that
    signed in to this account before, or a session, from all others; else empty.
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


def failures_from(address: str) -> Counted:
    """Return the count of wrong passwords from an address, over all accounts.

    It refuses nobody. Beyond it, tries at accounts that nobody has are not put on record any more,
    so that the record can't be filled from one address.
    """
    return Counted(f"failures {network_of(address)}", _RECORDED)


def network_of(text: str) -> str:
    """Return whose address it is: an IPv4 address, or the /64 of an IPv6 one."""
    address = read_address(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address) if address else text
