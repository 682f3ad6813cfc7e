"""Record a wrong password, within bounds."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.attempt_counts import add_to_count
from limosa.domain.accounts.engine.attempt_rules import failures_from
from limosa.domain.accounts.models import SecurityEventKind, Subscriber
from limosa.domain.accounts.operations.record_security_event import record_security_event
from limosa.domain.accounts.origin import Origin


@transaction.atomic
def record_failed_sign_in(*, subscriber: Subscriber | None, origin: Origin, now: datetime) -> None:
    """Count a wrong password against the address it came from, and record it.

    subscriber: whose account was tried; None: nobody has it. For those, at most a hundred in ten
    minutes are kept per address: further ones are written and rolled back, so that the answer takes
    as long either way.
    """
    is_beyond = add_to_count(failures_from(origin.address), now=now) is not None
    with transaction.atomic():
        record_security_event(
            subscriber=subscriber,
            kind=SecurityEventKind.SIGN_IN_FAILED,
            origin=origin,
            now=now,
        )
        if subscriber is None and is_beyond:
            transaction.set_rollback(True)
