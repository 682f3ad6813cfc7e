"""When to poll a provider about a payment that it has not reported."""

from datetime import datetime, timedelta

from limosa.domain.payments.models import OPEN_STATES, Payment

# Most people pay within a minute or two, so the first polls are close together.
_AFTER_CREATION = tuple(
    timedelta(seconds=seconds) for seconds in (15, 30, 45, 60, 90, 120, 180, 300, 600, 1200)
)
# Some people pay even after a successful close, so a closed payment is polled for one more day.
WATCH_AFTER_END = timedelta(days=1)
_AFTER_END_EVERY = timedelta(hours=1)
# An eCheck or a review takes days: a payment still "pending" is polled on, more slowly.
_PENDING_LONG_EVERY = timedelta(hours=6)
# The lease: whoever polls moves `next_poll_at` this far ahead, so that nobody else does.
LEASE = timedelta(seconds=30)
CLOSE_GRACE = timedelta(seconds=5)


def next_poll_at(payment: Payment, *, now: datetime) -> datetime | None:
    """Return when to poll next; None if nothing more is expected."""
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
    """Return whether the provider still says "pending" a day after the payment's expiry.

    A payment that it called closed or failed is no longer open, and one it never heard of is
    closed.
    """
    is_open = payment.applied_at is None and payment.state in OPEN_STATES
    return is_open and now >= payment.expires_at + WATCH_AFTER_END
