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
    warning = warning_for(
        available_minor=available_minor,
        days_left=days_left,
        floor_minor=floor_minor,
        days_least=days_least,
    )
    return Outlook(days_left, warning)


def warning_for(
    *, available_minor: int, days_left: int | None, floor_minor: int, days_least: int
) -> BalanceWarning:
    """Return why a balance is too low. `days_left`: as Outlook has it."""
    if available_minor < floor_minor:
        return BalanceWarning.FLOOR
    if days_left is not None and days_left < days_least:
        return BalanceWarning.DAYS
    return BalanceWarning.NONE
