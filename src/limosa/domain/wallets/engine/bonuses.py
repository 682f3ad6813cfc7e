"""The rules of bonuses: what is given on top of a top-up, spent last, and taken back with it.

A bonus is never money: it pays for plans only, after all money of the wallet, and is never paid
out.

- **Given.** The best bonus among the tiers that an amount reaches; adding more never gives less.
- **Spent last.** A wallet pays by its money first, and by bonus for the rest; of bonuses, by those
  that end first.
- **Back first.** What goes back of a payment goes back to bonus first. So a part that goes back
  leaves everything as if the price had been lower by it.
- **Taken back.** Of a top-up of which a part went back, the bonus goes back in the same proportion,
  rounded up. What of it was spent is taken off the money: a refund gives back that much less.

All amounts are whole minor units of one currency.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from limosa.foundation.money import share


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """`bonus_minor` for a top-up of `least_minor` or more; `valid_days` None: it doesn't expire."""

    least_minor: int
    bonus_minor: int
    valid_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is left of one bonus, and until when; None: it doesn't expire."""

    id: int
    left_minor: int
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A bonus as it stands. `amount_minor`: of its top-up. `gone_minor`: what of it was taken back,
    paid for with money, or has expired."""

    amount_minor: int
    granted_minor: int
    left_minor: int
    gone_minor: int


@dataclass(frozen=True, slots=True)
class Split:
    """A sum, by what it is of."""

    money_minor: int
    bonus_minor: int


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What goes back of a bonus: of what is left of it, and of the money for what was spent."""

    left_minor: int
    spent_minor: int


def best_tier(tiers: Iterable[Tier], *, amount_minor: int) -> Tier | None:
    """Return the tier with the most bonus that an amount reaches; of equal ones the one that lasts
    longest. None: it reaches none."""
    reached = [tier for tier in tiers if tier.least_minor <= amount_minor]
    return max(reached, key=lambda tier: (tier.bonus_minor, _lasting(tier)), default=None)


def _lasting(tier: Tier) -> float:
    return float("inf") if tier.valid_days is None else tier.valid_days


def split(total_minor: int, *, money_minor: int, bonus_minor: int) -> Split | None:
    """Return by what a wallet pays a total: its money first. None: it has too little."""
    of_money = min(total_minor, money_minor)
    of_bonus = total_minor - of_money
    return Split(of_money, of_bonus) if of_bonus <= bonus_minor else None


def split_back(part_minor: int, *, bonus_minor: int) -> Split:
    """Return to what a part of a payment goes back that `bonus_minor` of bonus paid: to bonus
    first."""
    to_bonus = min(part_minor, bonus_minor)
    return Split(part_minor - to_bonus, to_bonus)


def draw(lots: Sequence[Lot], *, part_minor: int) -> list[tuple[int, int]]:
    """Return (id, minor units) of the bonuses that pay a part, which they cover: those that end
    first, and of these the oldest."""
    drawn = []
    for lot in sorted(lots, key=_by_end):
        taken = min(lot.left_minor, part_minor)
        part_minor -= taken
        if taken:
            drawn.append((lot.id, taken))
    return drawn


def _by_end(lot: Lot) -> tuple[bool, float, int]:
    if lot.expires_at is None:
        return (True, 0.0, lot.id)
    return (False, lot.expires_at.timestamp(), lot.id)


def taken_back(grant: Grant, *, reversed_minor: int) -> TakenBack:
    """Return what goes back of a bonus once `reversed_minor` of its top-up went back in all."""
    kept = share(
        grant.granted_minor, part=grant.amount_minor - reversed_minor, whole=grant.amount_minor
    )
    due = max(grant.granted_minor - kept - grant.gone_minor, 0)
    of_left = min(due, grant.left_minor)
    return TakenBack(of_left, due - of_left)


def refundable(grant: Grant, *, reversed_minor: int, held_minor: int) -> int:
    """Return how much of a top-up can go back, of which `reversed_minor` went back before: as much
    as, with the bonus that was spent, the `held_minor` of money in the wallet cover."""

    def needed(part_minor: int) -> int:
        return (
            part_minor + taken_back(grant, reversed_minor=reversed_minor + part_minor).spent_minor
        )

    most = min(held_minor, grant.amount_minor - reversed_minor)
    return max(bisect_right(range(most + 1), held_minor, key=needed) - 1, 0)


def end_after_standstill(
    expires_at: datetime | None, *, since: datetime, now: datetime
) -> datetime | None:
    """Return when a bonus expires that could not be used since a moment: that time doesn't
    count."""
    return None if expires_at is None else expires_at + max(now - since, timedelta())
