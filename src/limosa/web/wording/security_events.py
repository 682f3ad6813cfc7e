"""Security events in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from limosa.domain.accounts.models import SecurityEvent, SecurityEventKind
from limosa.web.wording.devices import device_name
from limosa.web.wording.words import ROLES

Kind = SecurityEventKind
TITLES: dict[str, Promise] = {
    Kind.SIGNED_IN: _("Signed in"),
    Kind.SIGN_IN_FAILED: _("Wrong password"),
    Kind.PASSWORD_RESET_ASKED: _("Password reset requested"),
    Kind.PASSWORD_CHANGED: _("Password changed"),
    Kind.ADDRESS_CONFIRMED: _("Email address confirmed"),
    Kind.ADDRESS_MADE_PRIMARY: _("Main email address changed"),
    Kind.PIN_SET: _("Payment PIN set"),
    Kind.PIN_CHANGED: _("Payment PIN changed"),
    Kind.PIN_RESET: _("Payment PIN reset"),
    Kind.PIN_LOCKED: _("Payment PIN locked after wrong attempts"),
    Kind.SECOND_FACTOR_ADDED: _("Two-step verification turned on"),
    Kind.SECOND_FACTOR_REMOVED: _("Two-step verification turned off"),
    Kind.SECOND_FACTOR_FAILED: _("Wrong two-step verification code"),
    Kind.RECOVERY_CODES_NEW: _("New recovery codes created"),
    Kind.LOCKED: _("Account locked"),
    Kind.RESTORED: _("Account restored"),
    Kind.MOVE_BEGUN: _("Move of an eSIM to another device begun"),
    Kind.STAFF_ADDED: _("Added to the staff"),
    Kind.STAFF_CHANGED: _("Staff role changed"),
    Kind.STAFF_REMOVED: _("Removed from the staff"),
}

_WARNINGS = {Kind.SIGN_IN_FAILED, Kind.SECOND_FACTOR_FAILED, Kind.PIN_LOCKED}


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event as a page shows it. `device`: in words; `address`: empty if unknown."""

    at: datetime
    title: str
    device: str
    address: str
    details: str
    is_warning: bool


def event_lines(events: Iterable[SecurityEvent]) -> list[EventLine]:
    """Return events as a page shows them, in the active language."""
    return [
        EventLine(
            at=event.at,
            title=str(TITLES[event.kind]),
            device=device_name(event.device),
            address=event.address or "",
            details=str(ROLES.get(event.details, event.details)),
            is_warning=event.kind in _WARNINGS,
        )
        for event in events
    ]
