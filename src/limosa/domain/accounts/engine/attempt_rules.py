"""How often a secret may be tried, and which attempts count together.

One rule covers all: an attempt counts against what is being guessed, and an address alone locks
nobody out of an account. Thousands of people share the address of an office or a mobile network,
and one person's attempts say nothing about the next. A wrong password therefore counts against the
account together with the address it came from, and against the account over all addresses. A device
that has signed in to the account before has its own count, so no stranger can lock the owner out
there.

A code of the second step has only six digits, so few attempts are allowed: a daily number for all
unknown devices together, and the same for each known device and each session. Anyone who gets as
far as typing one has the password, so the count belongs to that password and a new one starts
afresh. Mailed codes and links are too long to guess, or die with their session after three
attempts: they are not counted, so nobody can lock out the owner of the mailbox.

Three things are counted by address. Each sign-up mails somebody who may not have asked; one whose
address is confirmed is taken off the count. And numbers of eSIMs follow one another, so whoever has
one could ask for its neighbours; who renews by number can always sign in instead. And a redemption
code is worth money to whoever guesses it, from however many accounts: those that exist are taken
off the counts, so only guesses are on them. Promotion codes are counted alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_network

from limosa.foundation.addresses import read_address

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
# An IPv6 subscriber gets a whole network of this prefix length; its addresses are one person's.
_IPV6_PREFIX = 64


class AttemptKind(StrEnum):
    """What is being tried."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    RESET = "reset"
    SECOND_STEP = "second_step"
    REAUTHENTICATE = "reauthenticate"
    PASSWORD = "password"  # noqa: S105 -- no password
    PIN = "pin"
    ADDRESS = "address"
    NEW_ADDRESS = "new_address"
    ESIM_NUMBER = "esim_number"
    CODE = "code"
    CODE_TYPED = "code_typed"
    PROMOTION_CODE = "promotion_code"


class Scope(StrEnum):
    """Whose attempts count together."""

    DEVICE = "device"
    PAIR = "pair"
    ADDRESS = "address"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many attempts within a period that starts with the first one."""

    attempts: int
    within: timedelta


# One code in a million is right: at this rate a guess succeeds less than once in a hundred years.
CODES_A_DAY = Rate(20, 24 * _HOUR)

_RECORDED = Rate(100, 10 * _MINUTE)

# Narrowest first: an attempt that it refuses does not count against the wider ones.
_STRANGERS: Mapping[AttemptKind, Mapping[Scope, Rate]] = {
    AttemptKind.SIGN_IN: {
        Scope.PAIR: Rate(5, 5 * _MINUTE),
        Scope.ACCOUNT: Rate(50, _HOUR),
    },
    AttemptKind.SIGN_UP: {Scope.PAIR: Rate(5, _HOUR), Scope.ADDRESS: Rate(20, 10 * _MINUTE)},
    AttemptKind.RESET: {Scope.PAIR: Rate(3, 10 * _MINUTE)},
    AttemptKind.SECOND_STEP: {Scope.ACCOUNT: CODES_A_DAY},
    AttemptKind.REAUTHENTICATE: {Scope.DEVICE: Rate(10, 15 * _MINUTE)},
    AttemptKind.PASSWORD: {Scope.DEVICE: Rate(10, 15 * _MINUTE)},
    AttemptKind.PIN: {Scope.DEVICE: Rate(10, _HOUR)},
    AttemptKind.ADDRESS: {Scope.DEVICE: Rate(10, 10 * _MINUTE)},
    AttemptKind.NEW_ADDRESS: {Scope.ACCOUNT: Rate(3, 24 * _HOUR)},
    AttemptKind.ESIM_NUMBER: {Scope.ADDRESS: Rate(20, _HOUR)},
    AttemptKind.CODE: {Scope.ACCOUNT: Rate(10, _HOUR), Scope.ADDRESS: Rate(20, _HOUR)},
    AttemptKind.CODE_TYPED: {Scope.ACCOUNT: Rate(60, _HOUR)},
    AttemptKind.PROMOTION_CODE: {Scope.ACCOUNT: Rate(10, _HOUR), Scope.ADDRESS: Rate(20, _HOUR)},
}
_KNOWN_DEVICES: Mapping[AttemptKind, Mapping[Scope, Rate]] = {
    AttemptKind.SIGN_IN: {Scope.DEVICE: Rate(10, 5 * _MINUTE)},
    AttemptKind.RESET: {Scope.DEVICE: Rate(3, 10 * _MINUTE)},
    AttemptKind.SECOND_STEP: {Scope.DEVICE: CODES_A_DAY},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """Who is trying. account: what is being guessed; address: the person's real one.

    An account is an e-mail address as typed, or a subscriber's id. device: distinguishes a session,
    or a device that has signed in to this account before, from all others; otherwise empty.
    """

    account: str
    address: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A count that an attempt adds to: its name, which says whose it is, and its limit."""

    name: str
    rate: Rate


def counts_of(kind: AttemptKind, claimant: Claimant) -> list[Counted]:
    """Return the counts an attempt adds to, in order; each only if the previous one lets it
    pass."""
    rates = _STRANGERS[kind]
    if claimant.device:
        rates = _KNOWN_DEVICES.get(kind, rates)
    account = claimant.account.strip().lower()
    place = network_of(claimant.address)
    owners = {
        Scope.DEVICE: f"{account} {claimant.device}",
        Scope.PAIR: f"{account} {place}",
        Scope.ADDRESS: place,
        Scope.ACCOUNT: account,
    }
    return [Counted(f"{kind} {scope} {owners[scope]}", rate) for scope, rate in rates.items()]


def failures_from(address: str) -> Counted:
    """Return the count of wrong passwords from an address, over all accounts.

    It refuses nobody. Above its limit, attempts at accounts that do not exist are no longer
    recorded, so one address can't fill the record.
    """
    return Counted(f"failures {network_of(address)}", _RECORDED)


def network_of(text: str) -> str:
    """Return the network that counts as one person: an IPv4 address, or the /64 of an IPv6 one."""
    address = read_address(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address) if address else text
