"""Whose attempts count together, and how often each may."""

from datetime import timedelta
from itertools import pairwise

import pytest

from limosa.domain.accounts.engine.attempt_rules import AttemptKind, Claimant, counts_of, network_of

STRANGER = Claimant(account="ann@example.com", address="192.0.2.7")
KNOWN = Claimant(account="ann@example.com", address="192.0.2.7", device="d1")


def names(kind: AttemptKind, claimant: Claimant) -> set[str]:
    return {counted.name for counted in counts_of(kind, claimant)}


@pytest.mark.parametrize("kind", AttemptKind)
def test_everything_that_can_be_tried_is_counted(kind: AttemptKind) -> None:
    assert counts_of(kind, STRANGER)
    assert counts_of(kind, KNOWN)


def test_what_strangers_try_counts_for_nothing_that_a_known_device_is_held_to() -> None:
    for kind in (AttemptKind.SIGN_IN, AttemptKind.RESET):
        assert not names(kind, STRANGER) & names(kind, KNOWN)


def test_a_known_device_counts_for_its_own_account_only() -> None:
    other = Claimant(account="bob@example.com", address="192.0.2.7", device="d1")
    assert not names(AttemptKind.SIGN_IN, KNOWN) & names(AttemptKind.SIGN_IN, other)


def test_an_account_is_the_same_in_whatever_letters_it_is_typed() -> None:
    shouted = Claimant(account=" ANN@example.com", address="192.0.2.7")
    assert names(AttemptKind.SIGN_IN, shouted) == names(AttemptKind.SIGN_IN, STRANGER)


# Each of them mails somebody who did not ask.
_BY_ADDRESS = {
    AttemptKind.SIGN_UP,
    AttemptKind.ESIM_NUMBER,
    AttemptKind.CODE,
    AttemptKind.PROMOTION_CODE,
}


@pytest.mark.parametrize("kind", sorted(set(AttemptKind) - _BY_ADDRESS))
def test_what_one_tries_counts_for_nobody_else_behind_the_address(kind: AttemptKind) -> None:
    neighbour = Claimant(account="bob@example.com", address=STRANGER.address)
    assert not names(kind, STRANGER) & names(kind, neighbour)


@pytest.mark.parametrize("claimant", [STRANGER, KNOWN])
def test_a_code_of_six_digits_is_guessed_once_in_a_hundred_years(claimant: Claimant) -> None:
    for counted in counts_of(AttemptKind.SECOND_STEP, claimant):
        days = counted.rate.within / timedelta(days=1)
        assert 1_000_000 / (counted.rate.attempts / days) > 100 * 365


def test_the_narrowest_count_comes_first() -> None:
    rates = [counted.rate for counted in counts_of(AttemptKind.SIGN_IN, STRANGER)]
    assert rates[0].attempts == min(rate.attempts for rate in rates)


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
