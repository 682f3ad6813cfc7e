"""Record what happened to an account."""

from datetime import datetime

from limosa.domain.accounts.models import (
    DETAILS_LENGTH_MAX,
    DEVICE_LENGTH_MAX,
    SecurityEvent,
    SecurityEventKind,
    Subscriber,
)
from limosa.domain.accounts.origin import Origin
from limosa.foundation.addresses import read_address


def record_security_event(
    *,
    subscriber: Subscriber | None,
    kind: SecurityEventKind,
    origin: Origin,
    now: datetime,
    details: str = "",
) -> None:
    """Append an event to a person's record, where nobody can change it.

    subscriber: None if nobody has the account that was tried. Of the origin, an invalid address is
    omitted, and the device truncated. Part of the caller's transaction, if one is open.
    """
    place = read_address(origin.address)
    SecurityEvent.objects.create(
        subscriber=subscriber,
        kind=kind,
        at=now,
        address=str(place) if place else None,
        device=origin.device.replace("\0", "")[:DEVICE_LENGTH_MAX],
        details=details.replace("\0", "")[:DETAILS_LENGTH_MAX],
    )
