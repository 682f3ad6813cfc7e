"""Whose tries count together, and how often each may."""

from datetime import timedelta
from itertools import pairwise

import pytest

from limosa.domain.accounts.engine.try_rules import Trier, TryKind, counts_of, network_of

STRANGER = Trier(account="ann@example.com", address="192.0.2.7")
KNOWN = Trier(account="ann@example.com", address="192.0.2.7", device="d1")


def names(kind: TryKind, trier: Trier) -> set[str]:
    return {counted.name for counted in counts_of(kind, trier)}


@pytest.mark.parametrize("kind", TryKind)
def test_everything_that_can_be_tried_is_counted(kind: TryKind) -> None:
    assert counts_of(kind, STRANGER)
    assert counts_of(kind, KNOWN)


def test_what_strangers_try_counts_for_nothing_that_a_known_device_is_held_to() -> None:
    for kind in (TryKind.SIGN_IN, TryKind.RESET):
        assert not names(kind, STRANGER) & names(kind, KNOWN)


def test_a_known_device_counts_for_its_own_account_only() -> None:
    other = Trier(account="bob@example.com", address="192.0.2.7", device="d1")
    assert not names(TryKind.SIGN_IN, KNOWN) & names(TryKind.SIGN_IN, other)


def test_an_account_is_the_same_in_whatever_letters_it_is_typed() -> None:
    shouted = Trier(account=" ANN@example.com", address="192.0.2.7")
    assert names(TryKind.SIGN_IN, shouted) == names(TryKind.SIGN_IN, STRANGER)


# Each of them mails somebody who did not ask.
_BY_ADDRESS = {TryKind.SIGN_UP}


@pytest.mark.parametrize("kind", sorted(set(TryKind) - _BY_ADDRESS))
def test_what_one_tries_counts_for_nobody_else_behind_the_address(kind: TryKind) -> None:
    neighbour = Trier(account="bob@example.com", address=STRANGER.address)
    assert not names(kind, STRANGER) & names(kind, neighbour)


@pytest.mark.parametrize("trier", [STRANGER, KNOWN])
def test_a_code_of_six_digits_is_guessed_once_in_a_hundred_years(trier: Trier) -> None:
    for counted in counts_of(TryKind.SECOND_STEP, trier):
        days = counted.rate.within / timedelta(days=1)
        assert 1_000_000 / (counted.rate.tries / days) > 100 * 365


def test_the_narrowest_count_comes_first() -> None:
    rates = [counted.rate for counted in counts_of(TryKind.SIGN_IN, STRANGER)]
    assert rates[0].tries == min(rate.tries for rate in rates)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_an_address_belongs_to_a_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_all_addresses_of_one_ipv6_line_count_together_and_the_next_line_does_not() -> None:
    lines = [network_of(f"2001:db8:0:{line}::{host}") for line in (1, 2) for host in (5, 6)]
    assert [one == other for one, other in pairwise(lines)] == [True, False, True]
