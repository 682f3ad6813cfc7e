"""When to ask a provider for a payment that it has not told us about."""

from datetime import datetime, timedelta

from limosa.domain.payments.models import OPEN_STATES, Payment

# A person who pays does so within a minute or two, so the first looks are close together.
_AFTER_CREATION = tuple(
    timedelta(seconds=seconds) for seconds in (15, 30, 45, 60, 90, 120, 180, 300, 600, 1200)
)
# People do pay after a successful close: a closed payment is asked for a day longer.
WATCH_AFTER_END = timedelta(days=1)
_AFTER_END_EVERY = timedelta(hours=1)
# An eCheck or a review takes days: whoever still says "pending" is asked on, more slowly.
_PENDING_LONG_EVERY = timedelta(hours=6)
# Whoever asks holds the row's `next_poll_at` this far ahead, so that nobody asks beside them.
LEASE = timedelta(seconds=30)
CLOSE_GRACE = timedelta(seconds=5)


def next_poll_at(payment: Payment, *, now: datetime) -> datetime | None:
    """Return when to ask next; None when nothing more is to be expected."""
    if payment.applied_at is not None:
        return None
    end = payment.expires_at + CLOSE_GRACE
    if now >= payment.expires_at + WATCH_AFTER_END:
        return now + _PENDING_LONG_EVERY if is_pending_long(payment, now=now) else None
    if now >= end:
        return now + _AFTER_END_EVERY
    steps = (payment.created_at + step for step in _AFTER_CREATION)
    return min(next((step for step in steps if step > now), end), end)


def is_pending_long(payment: Payment, *, now: datetime) -> bool:
    """Tell whether the provider still says "pending" although a day has passed since the end.

    What it called closed or failed is not open any more, and what it never heard of is closed.
    """
    is_open = payment.applied_at is None and payment.state in OPEN_STATES
    return is_open and now >= payment.expires_at + WATCH_AFTER_END
