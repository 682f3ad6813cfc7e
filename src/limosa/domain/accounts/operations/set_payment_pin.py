"""A person's first payment PIN."""

from datetime import datetime

from django.db import IntegrityError, transaction

from limosa.domain.accounts.engine.pin_rules import new_pin
from limosa.domain.accounts.models import PaymentPin
from limosa.domain.accounts.pin_hash import hash_pin
from limosa.domain.accounts.pin_news import tell_of_new_pin
from limosa.domain.accounts.refusals import PinAlreadySetError


def set_payment_pin(*, subscriber_id: int, pin: str, now: datetime) -> None:
    """Store a person's first PIN, and notify them.

    The caller has just checked the account's password: somebody who finds a page left open must not
    choose the PIN.
    Raises: PinMalformedError, PinTooSimpleError, PinAlreadySetError; nothing changed.
    """
    stored = hash_pin(subscriber_id=subscriber_id, pin=new_pin(pin))
    try:
        with transaction.atomic():
            PaymentPin.objects.create(subscriber_id=subscriber_id, stored_hash=stored, set_at=now)
            tell_of_new_pin(subscriber_id=subscriber_id, how="set", now=now)
    except IntegrityError as error:
        raise PinAlreadySetError from error
