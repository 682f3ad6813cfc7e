"""Reads about people, for pages."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Lower

from limosa.domain.accounts.device_tokens import digest_of
from limosa.domain.accounts.models import PaymentPin, Subscriber, UnappliedFunds


@dataclass(frozen=True, slots=True)
class PinStatus:
    """Whether there is a payment PIN, and until when checks are paused."""

    is_set: bool
    locked_until: datetime | None = None


def wants_wallet(subscriber_id: int) -> bool:
    """Return whether the person chose to have unapplied funds put into their wallet."""
    person = Subscriber.objects.only("unapplied_funds").get(pk=subscriber_id)
    return person.unapplied_funds == UnappliedFunds.WALLET


def person_with_address(email: str) -> Subscriber | None:
    """Return the person with this main address, ignoring case."""
    return (
        Subscriber.objects.alias(small_email=Lower("email"))
        .filter(small_email=email.strip().lower())
        .first()
    )


def look_again(email: str) -> None:
    """Repeat the lookup that allauth does a second time when it has found no address.

    This way the answer takes equally long for an address that has an account.
    """
    Subscriber.objects.filter(email__iexact=email).first()


def known_device(*, email: str, token: str) -> str:
    """Return the digest of a device that has signed in to the account before; otherwise empty."""
    if not token:
        return ""
    person = person_with_address(email)
    digest = digest_of(token)
    if person is None or not person.known_devices.filter(digest=digest).exists():
        return ""
    return digest


def pin_status(*, subscriber_id: int, now: datetime) -> PinStatus:
    """Return the status of a person's payment PIN."""
    pin = PaymentPin.objects.filter(subscriber_id=subscriber_id).first()
    if pin is None:
        return PinStatus(is_set=False)
    return PinStatus(is_set=True, locked_until=pin.locked_until if pin.is_locked(now) else None)
