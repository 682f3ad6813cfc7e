"""What pages read about people."""

from dataclasses import dataclass
from datetime import datetime

from limosa.domain.accounts.models import PaymentPin


@dataclass(frozen=True, slots=True)
class PinStatus:
    """Whether there is a payment PIN, and until when none is looked at."""

    is_set: bool
    locked_until: datetime | None = None


def pin_status(*, subscriber_id: int, now: datetime) -> PinStatus:
    """Return where a person's payment PIN stands."""
    pin = PaymentPin.objects.filter(subscriber_id=subscriber_id).first()
    if pin is None:
        return PinStatus(is_set=False)
    return PinStatus(is_set=True, locked_until=pin.locked_until if pin.is_locked(now) else None)
