"""What the money of a lost dispute stands for."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LostMoney:
    """The parts of a lost dispute, which add up to all of it.

    `reversed_minor`: reverses what was still sold. `settled_minor`: for each refund owed, the part
    that the payer now has from their bank. `lost_minor`: money the payer receives a second time.
    """

    reversed_minor: int
    settled_minor: tuple[int, ...]
    lost_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """How a decision splits the withheld money, in the currency in which it is withheld.

    `returned_minor`: comes back to us. `further_minor`: taken beyond what was withheld.
    """

    returned_minor: int
    further_minor: int


def decide(*, held_minor: int, lost_minor: int) -> Decided:
    """Split withheld money when `lost_minor` stays with the payer.

    The lost amount is the one the provider names in its decision, not the one originally disputed.
    """
    return Decided(
        returned_minor=max(held_minor - lost_minor, 0),
        further_minor=max(lost_minor - held_minor, 0),
    )


def lose(*, disputed_minor: int, left_minor: int, owed_minor: Sequence[int]) -> LostMoney:
    """Return what disputed money stands for, now that it is lost.

    `left_minor`: the part of the payment neither refunded nor promised. `owed_minor`: what is still
    owed of each refund, in the order in which they are settled.

    A lost dispute first reverses the sale. Anything beyond that was promised or refunded before:
    refunds still owed are settled by as much as would otherwise be paid twice. The rest is a loss.
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


def may_be_same_money(*, by_hand_minor: int, lost_minor: Sequence[int], room_minor: int) -> bool:
    """Return whether a refund by hand may be the money of lost disputes, reported a second time.

    `lost_minor`: what each of them took. `room_minor`: what was paid, less all that has gone back,
    disputes included. With room for it, it is other money, unless one dispute took exactly as much.
    Without, it is if the disputes took as much or more.
    """
    return by_hand_minor in lost_minor or room_minor < by_hand_minor <= sum(lost_minor)
