"""How long a balance at a supplier lasts, and whether that is too short."""

from dataclasses import dataclass
from enum import StrEnum

PACE_DAYS = 7


class BalanceWarning(StrEnum):
    """Why a balance is too low. NONE: it is not."""

    NONE = ""
    FLOOR = "floor"  # below what the operator set
    DAYS = "days"  # it runs out too soon at the present pace


@dataclass(frozen=True, slots=True)
class Outlook:
    """`days_left`: whole days at the present pace, rounded down; None: nothing is being spent."""

    days_left: int | None
    warning: BalanceWarning


def outlook(
    *, available_minor: int, spent_minor: int, floor_minor: int, days_least: int
) -> Outlook:
    """Return what becomes of a balance. `spent_minor`: in the last PACE_DAYS days."""
    days_left = None
    if spent_minor > 0:
        days_left = max(available_minor, 0) * PACE_DAYS // spent_minor
    if available_minor < floor_minor:
        return Outlook(days_left, BalanceWarning.FLOOR)
    if days_left is not None and days_left < days_least:
        return Outlook(days_left, BalanceWarning.DAYS)
    return Outlook(days_left, BalanceWarning.NONE)
