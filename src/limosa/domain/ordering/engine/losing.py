"""What the money of a lost dispute stands for."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LostMoney:
    """The parts of a lost dispute; together they are all of it.

    `reversed_minor`: undoes what was still sold. `settled_minor`: for each refund that is owed,
    what the payer now has of it by their bank. `lost_minor`: given to them a second time.
    """

    reversed_minor: int
    settled_minor: tuple[int, ...]
    lost_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision does to the money that was held back, in the currency that it is held in.

    `returned_minor`: comes back to us. `further_minor`: goes beyond what was held.
    """

    returned_minor: int
    further_minor: int


def decide(*, held_minor: int, lost_minor: int) -> Decided:
    """Return what becomes of held money when `lost_minor` stays with the payer.

    What is lost is what the provider says when it is decided, and not what was asked for before.
    """
    return Decided(
        returned_minor=max(held_minor - lost_minor, 0),
        further_minor=max(lost_minor - held_minor, 0),
    )


def lose(*, disputed_minor: int, left_minor: int, owed_minor: Sequence[int]) -> LostMoney:
    """Return what disputed money stands for, now that it is gone.

    `left_minor`: what of the payment is neither given back nor promised. `owed_minor`: what is
    still owed of each refund, in the order in which they are settled.

    A lost dispute undoes the sale first. What is beyond that has been promised or given before:
    as much of the promises is settled as would else be given twice. The rest is a loss.
    """
    reversed_minor = min(disputed_minor, left_minor)
    rest_minor = disputed_minor - reversed_minor
    settled = []
    for owed in owed_minor:
        settled.append(min(owed, rest_minor))
        rest_minor -= settled[-1]
    return LostMoney(
        reversed_minor=reversed_minor, settled_minor=tuple(settled), lost_minor=rest_minor
    )
