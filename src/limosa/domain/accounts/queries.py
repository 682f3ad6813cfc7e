"""What pages read about people."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Lower

from limosa.domain.accounts.device_tokens import digest_of
from limosa.domain.accounts.models import PaymentPin, Subscriber, UnappliedFunds


@dataclass(frozen=True, slots=True)
class PinStatus:
    """Whether there is a payment PIN, and until when none is looked at."""

    is_set: bool
    locked_until: datetime | None = None


def wants_wallet(subscriber_id: int) -> bool:
    """Return whether money that can't be used goes into the person's wallet, as they chose."""
    person = Subscriber.objects.only("unapplied_funds").get(pk=subscriber_id)
    return person.unapplied_funds == UnappliedFunds.WALLET


def person_with_address(email: str) -> Subscriber | None:
    """Return whose main address it is, in whatever letters it was typed."""
    return (
        Subscriber.objects.alias(small_email=Lower("email"))
        .filter(small_email=email.strip().lower())
        .first()
    )


def look_again(email: str) -> None:
    """Look for an address as allauth does a second time where it has found none.

    So the answer takes as long for one that has an account.
    """
    Subscriber.objects.filter(email__iexact=email).first()


def known_device(*, email: str, token: str) -> str:
    """Return the digest of a device that signed in to the account before; else an empty text."""
    if not token:
        return ""
    person = person_with_address(email)
    digest = digest_of(token)
    if person is None or not person.known_devices.filter(digest=digest).exists():
        return ""
    return digest


def pin_status(*, subscriber_id: int, now: datetime) -> PinStatus:
    """Return where a person's payment PIN stands."""
    pin = PaymentPin.objects.filter(subscriber_id=subscriber_id).first()
    if pin is None:
        return PinStatus(is_set=False)
    return PinStatus(is_set=True, locked_until=pin.locked_until if pin.is_locked(now) else None)
