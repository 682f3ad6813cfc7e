"""Whether the person at the keyboard knows the payment PIN. Every wrong attempt counts for good."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.engine.pin_rules import ATTEMPTS_MAX, pause_after, plain_pin
from limosa.domain.accounts.models import PaymentPin, SecurityEventKind
from limosa.domain.accounts.operations.record_security_event import record_security_event
from limosa.domain.accounts.origin import Origin
from limosa.domain.accounts.pin_hash import is_pin
from limosa.domain.accounts.refusals import PinLockedError, PinMissingError, PinWrongError
from limosa.domain.notifications.operations.notify import notify
from limosa.foundation.errors import DomainRefusal

_LOCKOUTS_COUNTED = 1000


def check_payment_pin(*, subscriber_id: int, pin: str, origin: Origin, now: datetime) -> None:
    """Check that `pin` is the person's payment PIN.

    The fifth wrong attempt in a row starts a pause: 15 minutes at first, then twice as long each
    time, up to a day. The person is notified, and a security event recorded. A right PIN resets the
    count. No transaction may be open: a refusal would roll back the count of the attempt that it
    refuses.
    Locks: the person's PIN while it is compared, so attempts run one at a time.
    Raises: PinMalformedError (not counted), PinMissingError, PinWrongError, PinLockedError.
    """
    refusal = _try(subscriber_id, plain_pin(pin), origin, now)
    if refusal is not None:
        raise refusal


@transaction.atomic(durable=True)
def _try(subscriber_id: int, pin: str, origin: Origin, now: datetime) -> DomainRefusal | None:
    """Return the refusal, if any. It is not raised here, because the count must be committed."""
    kept = PaymentPin.objects.select_for_update().filter(subscriber_id=subscriber_id).first()
    if kept is not None and kept.locked_until is not None and kept.is_locked(now):
        return PinLockedError(kept.locked_until)
    stored = kept.stored_hash if kept else None
    is_right = is_pin(stored, subscriber_id=subscriber_id, pin=pin)
    if kept is None:
        return PinMissingError()
    if is_right:
        if kept.wrong_attempts or kept.lockouts:
            kept.wrong_attempts = kept.lockouts = 0
            kept.save(update_fields=["wrong_attempts", "lockouts"])
        return None
    return _count(kept, origin, now)


def _count(kept: PaymentPin, origin: Origin, now: datetime) -> DomainRefusal:
    """Count a wrong attempt; the last one allowed starts a pause."""
    kept.wrong_attempts += 1
    if kept.wrong_attempts < ATTEMPTS_MAX:
        kept.save(update_fields=["wrong_attempts"])
        return PinWrongError(ATTEMPTS_MAX - kept.wrong_attempts)
    until = now + pause_after(kept.lockouts)
    kept.wrong_attempts = 0
    kept.lockouts = min(kept.lockouts + 1, _LOCKOUTS_COUNTED)
    kept.locked_until = until
    kept.save(update_fields=["wrong_attempts", "lockouts", "locked_until"])
    record_security_event(
        subscriber=kept.subscriber,
        kind=SecurityEventKind.PIN_LOCKED,
        origin=origin,
        now=now,
    )
    notify(
        subscriber_id=kept.subscriber_id,
        key=f"pin-locked:{kept.subscriber_id}:{until.isoformat()}",
        kind="payment_pin_locked",
        parameters={
            "attempts": ATTEMPTS_MAX,
            "until": until.isoformat(),
            "time_zone": kept.subscriber.time_zone,
        },
        now=now,
    )
    return PinLockedError(until)
