"""A new payment PIN for a person who knows the current one."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.engine.pin_rules import new_pin
from limosa.domain.accounts.models import PaymentPin
from limosa.domain.accounts.operations.check_payment_pin import check_payment_pin
from limosa.domain.accounts.origin import Origin
from limosa.domain.accounts.pin_hash import hash_pin
from limosa.domain.accounts.pin_news import tell_of_new_pin


def change_payment_pin(
    *, subscriber_id: int, old_pin: str, pin: str, origin: Origin, now: datetime
) -> None:
    """Replace a person's PIN, and notify them. Guesses at the old one count as guesses when paying.

    No transaction may be open, as for `check_payment_pin`.
    Raises: what `check_payment_pin` raises; PinMalformedError and PinTooSimpleError for the new
            PIN, before the old one is checked; the PIN is unchanged.
    """
    chosen = new_pin(pin)
    check_payment_pin(subscriber_id=subscriber_id, pin=old_pin, origin=origin, now=now)
    stored = hash_pin(subscriber_id=subscriber_id, pin=chosen)
    with transaction.atomic():
        PaymentPin.objects.filter(subscriber_id=subscriber_id).update(
            stored_hash=stored, set_at=now
        )
        tell_of_new_pin(subscriber_id=subscriber_id, how="changed", now=now)
