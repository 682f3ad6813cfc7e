"""A new payment PIN for a person who has forgotten the current one."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.engine.pin_rules import new_pin
from limosa.domain.accounts.models import PaymentPin
from limosa.domain.accounts.pin_hash import hash_pin
from limosa.domain.accounts.pin_news import tell_of_new_pin
from limosa.domain.accounts.refusals import PinMissingError


def reset_payment_pin(*, subscriber_id: int, pin: str, now: datetime) -> None:
    """Replace a person's PIN without the old one, end its pause, and notify them.

    The caller has just checked the account's password.
    Raises: PinMalformedError, PinTooSimpleError, PinMissingError; nothing changed.
    """
    stored = hash_pin(subscriber_id=subscriber_id, pin=new_pin(pin))
    with transaction.atomic():
        changed = PaymentPin.objects.filter(subscriber_id=subscriber_id).update(
            stored_hash=stored, wrong_attempts=0, lockouts=0, locked_until=None, set_at=now
        )
        if not changed:
            raise PinMissingError
        tell_of_new_pin(subscriber_id=subscriber_id, how="reset", now=now)
