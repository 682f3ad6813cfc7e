"""What some providers can do beyond the suite for all: save methods, be disputed, be settled.

A provider joins the tests of an ability by adding its harness to the ability's list in
`abilities_lists.py`.
"""

from typing import Protocol

from tests.contract.providers.harness import Harness
from tests.contract.providers.later import Later


class Saving(Harness, Protocol):
    """A channel that keeps methods.

    `saved_label`: what the person sees of the one that `pay_to_save` leaves with CHARGED.
    `later_ends`: the ways in which its sandbox can have a kept one end.
    """

    saved_label: str
    later_ends: tuple[Later, ...]

    def pay_to_save(self, number: str, *, later: Later) -> None:
        """Pay, as the payer who wants the method kept; it will behave so."""


class Disputing(Harness, Protocol):
    """A channel whose payers can have their banks take the money back."""

    def dispute(self, number: str) -> None:
        """Have the payer dispute a payment: all of it."""

    def decide(self, number: str, *, is_won: bool) -> None:
        """End the dispute about a payment, for us or against us."""


class RefundingByHand(Harness, Protocol):
    """A channel on whose own pages somebody can give money back."""

    def refund_by_hand(self, number: str, *, amount_minor: int) -> None:
        """Give a part of a payment back, without a number of ours."""
